import { createHash } from "node:crypto";
import {
  containers,
  type HoldoutEpoch,
  holdoutEpoch,
  type JudgementRecord,
  judgement,
  paths,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import { type Stores as MessagingStores, type OpenContainer, PermanentError, UngrantedError } from "@ratchet/messaging";
import { type Moved, type OpenIndex, openIndex, readAdmissions, type StandingBatch } from "@ratchet/state";
import { epochDecider, type HoldoutEvent, type UseHoldout } from "./judge/holdout-epoch.ts";
import type { JudgementCommand, JudgementEvent } from "./judgement/events.ts";
import { judgementDecider } from "./judgement/judgement.ts";

/** What the evaluator reads and writes: it owns the container `verdicts`, the rest it only reads. */
export type Stores = MessagingStores<"evaluator">;

/** There is nothing by which a challenger could be judged. */
export class NoHoldoutError extends PermanentError {
  override readonly name = "NoHoldoutError";
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The admitted batches of a model, in the order of their admission. */
export const admittedBatches = async (stores: Stores, model: string): Promise<readonly StandingBatch[]> =>
  (await readAdmissions(stores, model)).batches;

/** A verdict, with what it has to be written over by. */
export type StoredVerdict = Readonly<{ value: Verdict; etag: string }>;

export const readVerdict = (stores: Stores, model: string, version: string): Promise<StoredVerdict | undefined> =>
  stores.documents("verdicts").read(paths.verdict(model, version), verdict);

/** Keeps a verdict beside the others that its version had before, once. */
async function keepFormer(stores: Stores, found: Verdict): Promise<void> {
  const verdicts = stores.documents("verdicts");
  for (let number = 1; ; number += 1) {
    const path = paths.formerVerdict(found.model, found.version, number);
    const there = await verdicts.read(path, verdict);
    if (there?.value.cause === found.cause) return;
    if (there) continue;
    await verdicts.write(path, verdict, found, "absent");
    return;
  }
}

/** The verdicts that a version had before its newest, the first of them first. */
export async function formerVerdicts(stores: Stores, model: string, version: string): Promise<readonly Verdict[]> {
  const found: Verdict[] = [];
  for (let number = 1; ; number += 1) {
    const path = paths.formerVerdict(model, version, number);
    const there = await stores.documents("verdicts").read(path, verdict);
    if (!there) return found;
    found.push(there.value);
  }
}

/**
 * Keeps a verdict as the newest of its version.
 * @param former the newest until now: it is kept beside it, first.
 * @throws {ConflictError} when somebody else has kept one meanwhile.
 */
export async function keepVerdict(stores: Stores, found: Verdict, former: StoredVerdict | undefined): Promise<void> {
  if (former) await keepFormer(stores, former.value);
  const expected = former?.etag ?? "absent";
  await stores.documents("verdicts").write(paths.verdict(found.model, found.version), verdict, found, expected);
}

export async function readJudgement(
  stores: Stores,
  model: string,
  version: string,
): Promise<JudgementRecord | undefined> {
  return (await stores.documents("verdicts").read(paths.judgement(model, version), judgement))?.value;
}

/** Moves the record of a judgement and gives it as it is then. */
export async function moveJudgement(
  stores: Stores,
  { model, version }: { readonly model: string; readonly version: string },
  command: JudgementCommand,
): Promise<JudgementRecord> {
  const path = paths.judgement(model, version);
  const moved: Moved<JudgementRecord | undefined, JudgementEvent> = await stores
    .documents("verdicts")
    .move(path, judgement, judgementDecider, command);
  // Whoever moves a record has opened or read it.
  return moved.after as JudgementRecord;
}

/** The judgements that may be open, of every model or of one: keys are `<model>/<version>`, or versions. */
export const openJudgements = (stores: Stores, model?: string): OpenIndex =>
  openIndex(stores.blobs("verdicts"), model === undefined ? "judgements" : `judgements/${model}`);

export async function readHoldoutEpoch(stores: Stores, model: string): Promise<HoldoutEpoch | undefined> {
  return (await stores.documents("verdicts").read(paths.holdoutEpoch(model), holdoutEpoch))?.value;
}

/** @throws {HoldoutMovedError} when other rows would judge now than were scored. */
export const moveHoldoutEpoch = (
  stores: Stores,
  command: UseHoldout,
): Promise<Moved<HoldoutEpoch | undefined, HoldoutEvent>> =>
  stores.documents("verdicts").move(paths.holdoutEpoch(command.model), holdoutEpoch, epochDecider, command);

/** A file of the data account. */
export interface FileAddress {
  readonly container: string;
  readonly path: string;
}

/**
 * A file of the data account; undefined where it is not there.
 * @throws {UngrantedError} when it is in a container that the evaluator may not read.
 */
export async function readFile(stores: Stores, { container, path }: FileAddress): Promise<Buffer | undefined> {
  if (!Object.hasOwn(containers, container)) return undefined;
  return (await stores.blobs(container as OpenContainer<"evaluator">).read(path))?.content;
}

/** The ETag of a file of the data account; null where it is not there, or not the evaluator's to read. */
export async function tagOf(stores: Stores, { container, path }: FileAddress): Promise<string | null> {
  if (!Object.hasOwn(containers, container)) return null;
  try {
    return (await stores.blobs(container as OpenContainer<"evaluator">).find(path))?.etag ?? null;
  } catch (error) {
    if (error instanceof UngrantedError) return null;
    throw error;
  }
}
