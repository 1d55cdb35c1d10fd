import type { DropRecord } from "@ratchet/contracts";
import { markedAtLeast } from "@ratchet/state";

/** What is seen of a drop beside its record. */
interface Surroundings {
  /** Whether its model is applied. */
  readonly isApplied: boolean;
  /** When somebody was about to work on it last. */
  readonly markedAt: Date;
}

/** What is to be done for a drop that does not go on by itself. */
interface DropLook {
  /** `take-in`: have it taken in. `wait`: nothing can be done, look again. `forget`: nobody will apply its model any more. */
  readonly step: "take-in" | "wait" | "forget";
  /** Whether it is to be said now that it does not go on. */
  readonly sayStuck: boolean;
}

/** In milliseconds: a drop that is where it is for so long is said to be stuck. No delivery lasts as long. */
export const dropStuckAfter = 2.5 * 3_600_000;

/**
 * In milliseconds: a drop of a model that nobody applies is forgotten after so long, and is then what it was before it was
 * seen: a dead letter that can be replayed. It is longer than blobs are compared with the drops.
 */
export const forgottenAfter = 2 * 24 * 3_600_000;

/** Whether it is time to look at an open drop. */
export const isLookDue = ({ lookAt }: DropRecord, now: Date): boolean =>
  lookAt !== null && now.getTime() >= Date.parse(lookAt);

/** What a look at an open drop leads to. */
export function lookAtDrop(
  { phase, since, stuckSaidAt }: DropRecord,
  { isApplied, markedAt }: Surroundings,
  now: Date,
): DropLook {
  const waited = now.getTime() - Date.parse(since);
  const sayStuck = waited >= dropStuckAfter && stuckSaidAt === undefined;
  if (isApplied) return { step: "take-in", sayStuck };
  const isAlone = now.getTime() >= markedAt.getTime() + markedAtLeast;
  return { step: phase === "seen" && waited >= forgottenAfter && isAlone ? "forget" : "wait", sayStuck };
}
