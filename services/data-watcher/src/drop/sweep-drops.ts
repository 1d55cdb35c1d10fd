import { type DropRecord, takeInDrop } from "@ratchet/contracts";
import { type Invocation, type Sweep, sayStuck, sweepOncePerPeriod } from "@ratchet/messaging";
import { markedAtLeast, type OpenMark, readDefinition, UnknownModelError } from "@ratchet/state";
import { forgetDrop, moveDrop, openDrops, readDrop } from "../stores.ts";
import type { Watcher } from "../watcher.ts";
import { firstLook, isEnded } from "./drop-process.ts";
import { isLookDue, lookAtDrop } from "./look-at-drop.ts";

/** In milliseconds: how often open drops are looked at. */
export const dropsSwept = 60_000;

/** Whether there is a definition; one that cannot be read is there. */
const isApplied = ({ stores }: Watcher, model: string): Promise<boolean> =>
  readDefinition(stores, model).then(
    () => true,
    (error: unknown) => !(error instanceof UnknownModelError),
  );

function stuckBecause({ model, file, phase, since }: DropRecord, applied: boolean) {
  if (!applied)
    return {
      reason: `${file} was dropped for ${model}, and no model of that name is applied`,
      remedy: `run \`ratchet apply <folder>\`: the file is then taken in by itself, or at once if its dead letter is replayed; else delete the file`,
    };
  return {
    reason: `${file} has been ${phase} since ${since} and was tried again in vain`,
    remedy:
      "mend what the dead letters of data-dropped name (`ratchet dead-letters`); the file is then taken in by itself",
  };
}

async function help(watcher: Watcher, mark: OpenMark, { now, outbox, log }: Sweep): Promise<void> {
  const { stores } = watcher;
  const { key, markedAt } = mark;
  // Whatever was begun just now has its message.
  if (now.getTime() < markedAt.getTime() + firstLook) return;
  const stored = await readDrop(stores, key);
  if (!stored) {
    if (now.getTime() >= markedAt.getTime() + markedAtLeast) await mark.unmark();
    return;
  }
  if (isEnded(stored.value)) return mark.unmark();
  if (!isLookDue(stored.value, now)) return;
  const { model, file, etag, phase: state, since } = stored.value;
  const applied = await isApplied(watcher, model);
  const look = lookAtDrop(stored.value, { isApplied: applied, markedAt }, now);
  const at = now.toISOString();
  if (look.sayStuck) {
    const about = { model, process: "drop", about: file, state, since, ...stuckBecause(stored.value, applied) };
    await sayStuck(watcher.outbox, about);
    await moveDrop(stores, key, { kind: "say-stuck", at });
  }
  switch (look.step) {
    case "take-in":
      await outbox.send(takeInDrop, { model, file, etag });
      log.warn(`${file} does not go on from ${state}; taking it in again`, { model });
      await moveDrop(stores, key, { kind: "look", at });
      return;
    case "wait":
      await moveDrop(stores, key, { kind: "look", at });
      return;
    case "forget":
      await forgetDrop(stores, key, stored.etag);
      return mark.unmark();
  }
}

/**
 * Helps drops on that do not go on by themselves, says which cannot be helped, and lets go of what has ended. Once per
 * period.
 * @throws {SweepError} when a drop could not be looked at, after all were.
 */
export function sweepDrops(watcher: Watcher, { now, log }: Pick<Invocation, "now" | "log">): Promise<void> {
  const { stores, outbox } = watcher;
  const sweeping = { name: "drops", every: dropsSwept, documents: stores.documents("batches"), outbox };
  return sweepOncePerPeriod(
    sweeping,
    { now, log },
    () => openDrops(stores).marks(),
    (mark, sweep) => help(watcher, mark, sweep),
  );
}
