import type { HoldoutEpoch } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import type { Decider } from "@ratchet/state";
import type { Policy } from "./policy.ts";
import { durationInWords } from "./reasons.ts";

/** Another evaluation has moved the holdout on since the rows were chosen. */
export class HoldoutMovedError extends TransientError {
  override readonly name = "HoldoutMovedError";
}

/** What an epoch of the holdout is limited by. */
export type Limits = Pick<Policy, "reuseBudget" | "holdoutMaxAge">;

/** A comparison asks for the holdout. */
export interface UseHoldout {
  readonly model: string;
  /** The challenger's version. */
  readonly version: string;
  /** What is compared: the same comparison asked for again has the same key. */
  readonly key: string;
  /** The admitted batches that the challenger was trained on. */
  readonly candidates: readonly string[];
  /** The batches whose held-out rows were scored for it. */
  readonly scored: readonly string[];
  readonly now: Date;
  readonly limits: Limits;
}

interface Opened {
  readonly kind: "opened";
  readonly at: string;
  readonly batches: readonly string[];
}

interface Joined {
  readonly kind: "joined";
  readonly batches: readonly string[];
}

export type HoldoutEvent =
  /** The first epoch, or the next: the batches of the one before are retired. */
  | Opened
  /** Batches were admitted meanwhile. */
  | Joined
  | { readonly kind: "spent"; readonly key: string; readonly version: string; readonly at: string }
  /** Nothing may be compared; the epoch stays as it is. */
  | { readonly kind: "refused"; readonly reason: string };

/** What the holdout may be used for. */
export type HoldoutUse =
  | { readonly state: "open" }
  /** Nothing more may be compared until there is new data. */
  | { readonly state: "closed"; readonly reason: string };

export interface HoldoutChoice {
  /** The batches whose held-out rows are to be scored; where it is closed, for numbers that decide nothing. */
  readonly batches: readonly string[];
  readonly use: HoldoutUse;
  /** What happens to the epoch once the choice is used. */
  readonly events: readonly (Opened | Joined)[];
}

const union = (...lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();
const without = (list: readonly string[], gone: readonly string[]): readonly string[] =>
  list.filter((item) => !gone.includes(item));

function endOf({ attempts, openedAt }: HoldoutEpoch, limits: Limits, now: Date): string | undefined {
  if (attempts.length >= limits.reuseBudget)
    return `the holdout has judged ${attempts.length} challengers and may judge no more than ${limits.reuseBudget}`;
  const age = now.getTime() - new Date(openedAt).getTime();
  if (age > limits.holdoutMaxAge)
    return `the holdout is ${durationInWords(age)} old and may judge for ${durationInWords(limits.holdoutMaxAge)}`;
  return undefined;
}

const opening = (batches: readonly string[], now: Date): HoldoutChoice => ({
  batches,
  use: { state: "open" },
  events: [{ kind: "opened", at: now.toISOString(), batches }],
});

const closed = (batches: readonly string[], reason: string): HoldoutChoice => ({
  batches,
  use: { state: "closed", reason },
  events: [],
});

/**
 * Chooses the held-out rows for a comparison.
 * @param candidates the admitted batches that the challenger was trained on.
 */
export function chooseHoldout(
  epoch: HoldoutEpoch | undefined,
  candidates: readonly string[],
  limits: Limits,
  now: Date,
): HoldoutChoice {
  if (!epoch) return opening(union(candidates), now);
  const unretired = union(without(candidates, epoch.retired));
  const batches = unretired.length > 0 ? unretired : union(candidates);
  const fresh = without(unretired, epoch.batches);
  const end = endOf(epoch, limits, now);
  if (end !== undefined)
    return fresh.length > 0
      ? opening(fresh, now)
      : closed(batches, `${end}: drop new data, its held-out rows will judge`);
  if (unretired.length === 0)
    return closed(
      batches,
      "all the data that the challenger was trained on belongs to holdouts that are used up: train on new data",
    );
  return { batches, use: { state: "open" }, events: fresh.length > 0 ? [{ kind: "joined", batches: fresh }] : [] };
}

/** The attempt that a comparison is; undefined where it has not been made in this epoch. */
export const attemptOf = (epoch: HoldoutEpoch | undefined, key: string): number | undefined =>
  epoch?.attempts.find((attempt) => attempt.key === key)?.attempt;

/**
 * A comparison is made once in an epoch: what was compared before costs nothing.
 * @throws {HoldoutMovedError} when other rows would judge now than were scored.
 */
function decide(epoch: HoldoutEpoch | undefined, command: UseHoldout): readonly HoldoutEvent[] {
  const { model, version, key, candidates, scored, now, limits } = command;
  if (attemptOf(epoch, key) !== undefined) return [];
  const { batches, use, events } = chooseHoldout(epoch, candidates, limits, now);
  if (use.state === "closed") return [{ kind: "refused", reason: use.reason }];
  if (union(batches).join() !== union(scored).join())
    throw new HoldoutMovedError(`the holdout of ${model} has changed while version ${version} was scored`);
  return [...events, { kind: "spent", key, version, at: now.toISOString() }];
}

export function evolve(epoch: HoldoutEpoch | undefined, event: HoldoutEvent): HoldoutEpoch | undefined {
  if (event.kind === "opened")
    return {
      epoch: (epoch?.epoch ?? 0) + 1,
      openedAt: event.at,
      batches: [...event.batches],
      retired: epoch ? union(epoch.retired, epoch.batches) : [],
      attempts: [],
    };
  if (!epoch || event.kind === "refused") return epoch;
  if (event.kind === "joined") return { ...epoch, batches: union(epoch.batches, event.batches) };
  const { key, version, at } = event;
  if (attemptOf(epoch, key) !== undefined) return epoch;
  return { ...epoch, attempts: [...epoch.attempts, { key, attempt: epoch.attempts.length + 1, version, at }] };
}

/** No epoch has begun before the first comparison. */
export const epochDecider: Decider<HoldoutEpoch | undefined, UseHoldout, HoldoutEvent> = {
  initial: undefined,
  decide,
  evolve,
};
