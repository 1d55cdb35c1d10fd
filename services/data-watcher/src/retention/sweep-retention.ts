import { dropRecord, paths } from "@ratchet/contracts";
import { type Invocation, type Sweep, sweepOncePerPeriod } from "@ratchet/messaging";
import { atATime, modelNames, readDefinition } from "@ratchet/state";
import { isEnded } from "../drop/drop-process.ts";
import type { Watcher } from "../watcher.ts";

/** How often it is seen to what need not be kept any longer, in milliseconds. */
const retentionEvery = 86_400_000;

const recordsAtATime = 16;

/** Removes the records of a model's drops that have ended longer ago than its definition asks them to be kept. */
async function sweepModel({ stores }: Watcher, model: string, { now, log }: Sweep): Promise<void> {
  const { drops } = (await readDefinition(stores, model)).definition.retention;
  if (drops === undefined) return;
  const before = new Date(now.getTime() - drops);
  const records = await Array.fromAsync(stores.blobs("batches").list(paths.dropRecords(model)));
  const old = records.filter(({ lastModified }) => lastModified < before);
  const removed = await atATime(recordsAtATime, old, async ({ path, etag }) => {
    const stored = await stores.documents("batches").read(path, dropRecord);
    if (!stored || !isEnded(stored.value)) return false;
    await stores.blobs("batches").remove(path, etag);
    return true;
  });
  const count = removed.filter((isRemoved) => isRemoved).length;
  if (count > 0) log.info("removed the records of drops, as retention.drops says", { model, drops: count });
}

/**
 * Removes what the definitions of models do not ask to be kept any longer, once a day whatever the number of instances.
 * @throws {SweepError} when a model could not be seen to, after all were.
 */
export function sweepRetention(watcher: Watcher, invocation: Pick<Invocation, "now" | "log">): Promise<void> {
  const { stores, outbox } = watcher;
  const sweeping = { name: "retention", every: retentionEvery, documents: stores.documents("batches"), outbox };
  return sweepOncePerPeriod(
    sweeping,
    invocation,
    () => modelNames(stores),
    (model, sweep) => sweepModel(watcher, model, sweep),
  );
}
