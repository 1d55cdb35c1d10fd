import { takeInDrop } from "@ratchet/contracts";
import { type Invocation, type Sweep, sweepOncePerPeriod } from "@ratchet/messaging";
import type { Blobs } from "@ratchet/state";
import { dropKey, readDrop, type Stores } from "../stores.ts";
import type { Watcher } from "../watcher.ts";
import { type Drop, MisplacedDropError, modelOf, unquotedEtag } from "./dropped-blob.ts";

/** In milliseconds: how often the blobs of `drops` are compared with the drops. */
export const blobsSwept = 3_600_000;

/** In milliseconds: blobs are compared that were written within this time. */
export const comparedFor = 24 * 3_600_000;

/** In milliseconds: so long the event of a blob has time to come. */
export const eventAwaited = 10 * 60_000;

type Blob = Blobs extends { list(prefix: string): AsyncIterable<infer Info> } ? Info : never;

/** Whether the event of a blob must have come, and not so long ago that nobody cares. */
export function isCompared({ lastModified, appended = false }: Blob, now: Date): boolean {
  const age = now.getTime() - lastModified.getTime();
  // A blob that is appended to raises no event that it is whole.
  return age > eventAwaited && age <= comparedFor && !appended;
}

/** The drop that a blob is; undefined where it lies in no model's folder: that its event has said, or nobody misses it. */
function dropOf({ path: file, etag }: Blob): Drop | undefined {
  try {
    return { model: modelOf(file), file, etag: unquotedEtag(etag) };
  } catch (error) {
    if (error instanceof MisplacedDropError) return undefined;
    throw error;
  }
}

/** The drops that lie in `drops` and should be known by now. */
async function* droppedLately(stores: Stores, now: Date): AsyncGenerator<Drop> {
  for await (const blob of stores.blobs("drops").list("")) {
    const drop = isCompared(blob, now) ? dropOf(blob) : undefined;
    if (drop) yield drop;
  }
}

async function lookAtBlob({ stores }: Watcher, drop: Drop, { outbox, log }: Sweep): Promise<void> {
  if (await readDrop(stores, dropKey(drop))) return;
  await outbox.send(takeInDrop, drop);
  log.warn(`no event of ${drop.file} has come; taking it in`, { model: drop.model });
}

/**
 * Takes in the files whose events were lost on their way: blobs of the last day that no drop is known of. Once per period.
 * @throws {SweepError} when a file could not be looked at, after all were.
 */
export function sweepBlobs(watcher: Watcher, { now, log }: Pick<Invocation, "now" | "log">): Promise<void> {
  const { stores, outbox } = watcher;
  const sweeping = { name: "blobs", every: blobsSwept, documents: stores.documents("batches"), outbox };
  return sweepOncePerPeriod(
    sweeping,
    { now, log },
    () => droppedLately(stores, now),
    (drop, sweep) => lookAtBlob(watcher, drop, sweep),
  );
}
