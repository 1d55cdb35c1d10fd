import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Decision, type Definition, rowReader, type VerdictDetails } from "@ratchet/contracts";
import {
  decidePair,
  type Judgement,
  metricsNeeded,
  reject,
  scorePolicyOf,
  sliceColumns,
  type Weighing,
  weighPair,
} from "@ratchet/gate";
import {
  detailsOfScored,
  type ModelShape,
  measureCosts,
  openInProcess,
  type RaceModels,
  raceInProcess,
  type ScoredApart,
  scoreModels,
  UnusableModelError,
} from "@ratchet/scoring";
import { WrongInputError } from "../errors.ts";
import { readJudgingRows } from "./file-rows.ts";

/** The files of a comparison. */
export interface ComparedFiles {
  readonly challenger: string;
  readonly champion: string;
  readonly data: string;
}

interface JudgedFile {
  readonly file: string;
  readonly sha256: string;
}

/** What came of a comparison. */
export interface JudgedFiles {
  readonly decision: Decision;
  /** In words and numbers, the deciding one first. */
  readonly reasons: readonly string[];
  readonly challenger: JudgedFile;
  readonly champion: JudgedFile;
  readonly data: string;
  /** How many rows both were scored on; 0 where the challenger could not be. */
  readonly rows: number;
  /** Rows that the file has more than once: each counts once. */
  readonly repeated: number;
  /** All that was measured and compared; null where the challenger could not be scored. */
  readonly weighing: Weighing | null;
  /** What a person looks at beside it. */
  readonly details: VerdictDetails | null;
}

/** So many rows are timed, where the gate limits latency. */
const timedRows = 16;

const scoringProcess = new URL(import.meta.resolve("@ratchet/scoring/process"));

const bytesOf = (file: string): Promise<Buffer> =>
  readFile(file).catch(() => {
    throw new WrongInputError(`${file} is not there, or may not be read`);
  });

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A model that is open, and its file. */
interface OpenFile {
  readonly onnx: Uint8Array;
  readonly model: ScoredApart;
}

/** Two models that are open, and what they fit. */
interface OpenPair {
  readonly challenger: OpenFile;
  readonly champion: OpenFile;
  readonly shape: ModelShape;
  readonly race: RaceModels;
}

/** Compares two models that are open. */
async function weigh(files: ComparedFiles, definition: Definition, open: OpenPair, seed: string) {
  const { shape } = open;
  const policy = scorePolicyOf(definition);
  const reader = rowReader(definition);
  const columns = sliceColumns(policy);
  const { blocks, identities } = readJudgingRows(files.data, definition, columns);
  const eachClass = metricsNeeded(policy).includes("auc") && (reader.classes?.length ?? 0) > 2;
  const models = { challenger: open.challenger.model, champion: open.champion.model };
  const wanted = { golden: timedRows, sliceColumns: columns, eachClass };
  const scored = await scoreModels(blocks, models, shape, wanted);
  if (scored.rows === 0) throw new WrongInputError(`${files.data} has no rows to judge by`);
  const { challenger, champion: found, slices } = scored;
  if (!found || "fault" in found)
    throw new WrongInputError(`${files.champion} cannot be compared with: ${found?.fault ?? "it was not scored"}`);
  const features = Float32Array.from(scored.golden?.rows.flat() ?? [], (value) => value ?? Number.NaN);
  const { limits } = policy;
  const costs = await measureCosts({ ...open, features, scoring: definition.gate.scoring, limits });
  const weighing = weighPair({ challenger, champion: found.scores, identities, costs }, policy, slices, seed);
  const judgement: Judgement = decidePair(weighing, policy);
  const details = detailsOfScored(scored, reader);
  return { ...judgement, rows: scored.rows, repeated: scored.rows - weighing.primary.rows, weighing, details };
}

/** A model that is to be compared with has to be fit for it. */
const mustOpen = (file: string, opening: Promise<ScoredApart>): Promise<ScoredApart> =>
  opening.catch((error: unknown) => {
    if (error instanceof UnusableModelError)
      throw new WrongInputError(`${file} cannot be compared with: ${error.message}`);
    throw error;
  });

/**
 * Judges one model's file against another's on the rows of a file, as the gate does: each in a process of its own, both on the
 * same rows. A challenger that cannot be scored is rejected.
 * @throws {WrongInputError} when a file is not there, or the model to compare with cannot be scored.
 */
export async function judgeFiles(
  files: ComparedFiles,
  definition: Definition,
  onUnlimited: () => void,
): Promise<JudgedFiles> {
  const [own, other] = await Promise.all([bytesOf(files.challenger), bytesOf(files.champion)]);
  const described = {
    challenger: { file: files.challenger, sha256: sha256Of(own) },
    champion: { file: files.champion, sha256: sha256Of(other) },
    data: files.data,
  };
  const { task, gate } = definition;
  const { features, classes } = rowReader(definition);
  const shape = { task, features: features.length, classes, names: features.map(({ name }) => name) };
  const processes = { file: scoringProcess, onUnlimited };
  const open = openInProcess(processes);
  const champion = await mustOpen(files.champion, open(other, shape, gate.scoring));
  try {
    const challenger = await open(own, shape, gate.scoring);
    try {
      const seed = `${described.challenger.sha256} ${described.champion.sha256}`;
      const pair = { challenger: { onnx: own, model: challenger }, champion: { onnx: other, model: champion } };
      const opened = { ...pair, shape, race: raceInProcess(processes) };
      const { decision, reasons, ...weighed } = await weigh(files, definition, opened, seed);
      return { decision, reasons, ...described, ...weighed };
    } finally {
      await challenger.release();
    }
  } catch (error) {
    if (!(error instanceof UnusableModelError)) throw error;
    const { decision, reasons } = reject(`${files.challenger}: ${error.message}`);
    return { decision, reasons, ...described, rows: 0, repeated: 0, weighing: null, details: null };
  } finally {
    await champion.release();
  }
}
