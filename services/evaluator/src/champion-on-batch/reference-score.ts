import {
  type Admission,
  admission,
  type ChampionReference,
  championReference,
  paths,
  type RowsScore,
} from "@ratchet/contracts";
import { identityOf } from "@ratchet/datasets";
import { UnreadableRowsError } from "@ratchet/formats/stored-rows";
import { ConflictError, readAdmissions } from "@ratchet/state";
import type { ModelShape, OnnxModel } from "../scoring/onnx-model.ts";
import { joinScores, rowsIn, scoreRows } from "./rows-score.ts";
import { type Unseen, unseenRows } from "./unseen-rows.ts";

/** So many rows say well enough how good the champion is. */
export const mostRows = 10_000;

/** Of the newest batches no more are read, however few of their rows are held out. */
const mostBatches = 256;

/** So many entries of the log that bring nothing to score are read again each time. */
const readAgainAtMost = 100;

/** The champion, ready to score. */
export interface Scoring {
  readonly sha256: string;
  readonly onnx: OnnxModel;
  readonly shape: ModelShape;
  /** Only rows are unseen that were admitted after this position; undefined where all are that are held out. */
  readonly after: number | undefined;
}

type Scored = Pick<ChampionReference, "batches" | "score">;

const isEnough = ({ batches, score }: Scored): boolean => rowsIn(score) >= mostRows || batches.length >= mostBatches;

/** Scores batches until there are rows enough. One that the present schema cannot read says nothing. */
async function addBatches(
  unseen: Unseen,
  { onnx, shape }: Scoring,
  before: Scored,
  batches: readonly string[],
): Promise<Scored> {
  let scored = before;
  for (const batch of batches) {
    if (isEnough(scored)) return scored;
    try {
      const rest = mostRows - rowsIn(scored.score);
      const own: RowsScore | undefined = await scoreRows(onnx, shape, unseenRows(unseen, batch), rest);
      if (own) scored = { batches: [...scored.batches, batch], score: joinScores(scored.score, own) };
    } catch (error) {
      if (!(error instanceof UnreadableRowsError)) throw error;
    }
  }
  return scored;
}

const nothing: Scored = { batches: [] };

async function scoreAnew(unseen: Unseen, scoring: Scoring): Promise<ChampionReference> {
  const { stores, model, definition } = unseen;
  const { batches, position } = await readAdmissions(stores, model);
  const newest = batches.filter((one) => one.position > (scoring.after ?? -1)).map(({ batch }) => batch);
  const scored = await addBatches(unseen, scoring, nothing, newest.reverse());
  return { model, sha256: scoring.sha256, schema: identityOf(definition), through: position, ...scored };
}

/** Whether an entry brings a batch, and nobody's word about one that came before. */
const bringsBatch = ({ kind, cause }: Admission): boolean =>
  (kind === "admitted" || kind === "quarantined") && cause === undefined;

/** The reference with what came in since; the very same where nothing did, undefined where it is to be made anew. */
async function goOn(
  unseen: Unseen,
  scoring: Scoring,
  known: ChampionReference,
): Promise<ChampionReference | undefined> {
  const { stores, model, definition } = unseen;
  if (known.sha256 !== scoring.sha256 || known.schema !== identityOf(definition)) return undefined;
  const log = stores.documents("batches").log(paths.admissionLog(model), admission);
  const logged = await Array.fromAsync(log.entries(known.through));
  if (!logged.every(({ entry }) => bringsBatch(entry))) return undefined;
  const added = logged.filter(({ entry }) => entry.kind === "admitted").map(({ entry }) => entry.batch);
  const fresh = [...new Set(added)].filter((batch) => !known.batches.includes(batch));
  const scored = await addBatches(unseen, scoring, known, fresh);
  if (scored === known && logged.length <= readAgainAtMost) return known;
  return { ...known, ...scored, through: logged.at(-1)?.position ?? known.through };
}

/**
 * How good the champion is on the newest rows that are admitted and of which it was trained on none. Known rows are not scored
 * again: to ask costs what came in since, until there are rows enough.
 * @returns undefined where there are no such rows.
 * @throws {UnusableModelError} when the champion fails on them.
 * @throws {MissingBatchError} when a file of a batch is not there.
 */
export async function referenceScore(unseen: Unseen, scoring: Scoring): Promise<RowsScore | undefined> {
  const documents = unseen.stores.documents("verdicts");
  const path = paths.championReference(unseen.model);
  const stored = await documents.read(path, championReference);
  const known = stored && (await goOn(unseen, scoring, stored.value));
  if (known && known === stored?.value) return known.score;
  const reference = known ?? (await scoreAnew(unseen, scoring));
  try {
    await documents.write(path, championReference, reference, stored?.etag ?? "absent");
  } catch (error) {
    // Somebody else was first; this one is as true.
    if (!(error instanceof ConflictError)) throw error;
  }
  return reference.score;
}
