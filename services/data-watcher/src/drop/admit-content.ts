import {
  type BatchEvidence,
  type BatchManifest,
  type DropRecord,
  dropIdOf,
  type RefusalCode,
} from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import { readAdmissions } from "@ratchet/state";
import { appendAdmission, moveDrop, openTrainings, readDrop, readManifest, type Stores } from "../stores.ts";
import { askChampion, noAnswer, wantsChampion } from "../suspicion/ask-champion.ts";
import { firstFinding } from "../suspicion/in-brief.ts";
import { judgeBatch } from "../suspicion/judge-batch.ts";
import type { WorkOnDrop } from "./work-on-drop.ts";

/** A drop's batch is not there although its record says so. */
class MissingBatchError extends TransientError {
  override readonly name = "MissingBatchError";

  constructor(file: string, batch: string) {
    super(`the manifest of batch ${batch}, which ${file} became, is gone; restore it, or delete the drop's record`);
  }
}

/** @throws {MissingBatchError} when there is no manifest. */
export async function manifestOf(stores: Stores, { model, file, batch = "" }: DropRecord) {
  const manifest = await readManifest(stores, model, batch);
  if (!manifest) throw new MissingBatchError(file, batch);
  return manifest;
}

const knownContent: RefusalCode = "already-admitted";

/** Whose a batch is: that of the drop that its manifest names, which is written once. */
async function ownerOf({ watcher: { stores } }: WorkOnDrop, { model, batch, file, etag }: BatchManifest) {
  const drop = dropIdOf({ file, etag });
  const record = (await readDrop(stores, `${model}/${drop}`))?.value;
  const isDecided = record?.phase === "admitted" || record?.phase === "quarantined";
  return { drop, isDecided: isDecided && record?.batch === batch };
}

/** What somebody can do who drops content that is known. */
async function adviceOn(stores: Stores, model: string, batch: string): Promise<string> {
  const { withdrawn, quarantined } = await readAdmissions(stores, model);
  const taken = withdrawn.find((one) => one.batch === batch);
  if (taken)
    return `it was withdrawn at ${taken.withdrawn.at} (${taken.withdrawn.reason}): \`ratchet batches restore ${model} ${batch}\` takes it back`;
  const held = quarantined.find((one) => one.batch === batch);
  return held
    ? `it is in quarantine since ${held.quarantined.at} (${held.quarantined.finding}): \`ratchet batches admit ${model} ${batch}\` admits it`
    : "there is nothing more to do";
}

/** Writes into the log what becomes of a batch; gives how it stands then. */
async function enter(
  stores: Stores,
  { model, batch, admittedAt: at, file, rows, holdout }: BatchManifest,
  drop: string,
  evidence: BatchEvidence,
): Promise<"admitted" | "quarantined"> {
  const brought = { batch, at, file, drop, rows, holdout };
  if (evidence.fate !== "quarantine") {
    await openTrainings(stores).mark(model);
    await appendAdmission(stores, model, { kind: "admitted", ...brought });
    return "admitted";
  }
  await appendAdmission(stores, model, { kind: "quarantined", ...brought, finding: firstFinding(evidence) });
  // A version before this one may have admitted it, and then died before it said so.
  const { all } = await readAdmissions(stores, model);
  return all.some((one) => one.batch === batch && !one.released) ? "admitted" : "quarantined";
}

/**
 * Brings a drop's batch among the model's admissions, or into quarantine where it stands out. Its manifest alone decides whose
 * it is where several drops have the same content: who wrote it is admitted. Who comes later appends the batch in the other's
 * name, unless that was done, so that it is admitted whatever becomes of the other.
 * @returns the record: admitted, quarantined, or refused because the batch is another drop's; or as it was, where the champion
 *   is asked about the batch first.
 */
export async function admitContent(work: WorkOnDrop, record: DropRecord): Promise<DropRecord> {
  const { watcher, applied, drop, key, now } = work;
  const { stores } = watcher;
  const { model, file } = drop;
  const at = now.toISOString();
  const manifest = await manifestOf(stores, record);
  const { batch, admittedAt } = manifest;
  const owner = await ownerOf(work, manifest);
  let stands: "admitted" | "quarantined" | undefined;
  if (!owner.isDecided) {
    if (await wantsChampion(work, record, manifest)) return askChampion(work, record, manifest);
    const said = work.championOnBatch ?? noAnswer(record);
    stands = await enter(
      stores,
      manifest,
      owner.drop,
      await judgeBatch(stores, applied.definition, manifest, said, now),
    );
  }
  if (owner.drop === dropIdOf(drop))
    return moveDrop(stores, key, { kind: stands === "quarantined" ? "quarantine" : "admit", at });
  const reason = `${file}: the same content came as batch ${batch} from ${manifest.file} at ${admittedAt}; ${await adviceOn(stores, model, batch)}`;
  return moveDrop(stores, key, { kind: "recognise", at, refusal: { code: knownContent, reason, batch } });
}
