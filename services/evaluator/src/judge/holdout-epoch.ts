import type { HoldoutEpoch } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import type { Decider } from "@ratchet/state";
import { durationInWords } from "./duration-in-words.ts";
import type { Policy } from "./policy.ts";

/** Another evaluation has moved the holdout on since the rows were chosen. */
export class HoldoutMovedError extends TransientError {
  override readonly name = "HoldoutMovedError";
}

/** What an epoch of the holdout is limited by. */
export type Limits = Pick<Policy, "reuseBudget" | "holdoutMaxAge">;

/** The rows that are held out, by where in the log of admissions they were first admitted. */
export interface HeldOut {
  /** Up to where the log is looked at. */
  readonly through: number;
  /** Where the newest of them were; undefined where there are none. */
  readonly newest: number | undefined;
}

/** A comparison asks for the holdout. */
export interface UseHoldout {
  readonly model: string;
  /** The challenger's version. */
  readonly version: string;
  /** What is compared: the same comparison asked for again has the same key. */
  readonly key: string;
  readonly held: HeldOut;
  /** After which position the rows were first admitted that were scored for it; all were where it is undefined. */
  readonly scoredAfter: number | undefined;
  /** Where a batch is in the log: of epochs from before they said so themselves. */
  readonly positionOf: PositionOf;
  readonly now: Date;
  readonly limits: Limits;
}

/** Where in the log a batch was admitted; undefined where it was not. */
export type PositionOf = (batch: string) => number | undefined;

interface Opened {
  readonly kind: "opened";
  readonly at: string;
  readonly after: number | undefined;
  readonly through: number;
}

interface Joined {
  readonly kind: "joined";
  readonly after: number | undefined;
  readonly through: number;
}

export type HoldoutEvent =
  /** The first epoch, or the next: the rows of the one before are retired. */
  | Opened
  /** Rows were admitted meanwhile. */
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
  /**
   * After which position rows were first admitted that are to be scored, where it is closed for numbers that decide nothing;
   * undefined where all are.
   */
  readonly after: number | undefined;
  readonly use: HoldoutUse;
  /** What happens to the epoch once the choice is used. */
  readonly events: readonly (Opened | Joined)[];
}

const isAfter = (position: number | undefined, other: number | undefined): boolean =>
  position !== undefined && (other === undefined || position > other);

const newestOf = (batches: readonly string[], positionOf: PositionOf): number | undefined => {
  const positions = batches.flatMap((batch) => positionOf(batch) ?? []);
  return positions.length === 0 ? undefined : positions.reduce((newest, position) => Math.max(newest, position));
};

/** Between which positions an epoch's rows were first admitted. */
export function boundsOf(
  { after, through, former }: HoldoutEpoch,
  positionOf: PositionOf,
): { readonly after: number | undefined; readonly through: number } {
  if (!former || through !== undefined) return { after, through: through ?? 0 };
  const retired = newestOf(former.retired, positionOf);
  return { after: retired, through: Math.max(newestOf(former.batches, positionOf) ?? 0, retired ?? 0) };
}

/** Why an epoch is over; undefined as long as it is not. */
export function endOf({ attempts, openedAt }: HoldoutEpoch, limits: Limits, now: Date): string | undefined {
  if (attempts.length >= limits.reuseBudget)
    return `the holdout has judged ${attempts.length} challengers and may judge no more than ${limits.reuseBudget}`;
  const age = now.getTime() - new Date(openedAt).getTime();
  if (age > limits.holdoutMaxAge)
    return `the holdout is ${durationInWords(age)} old and may judge for ${durationInWords(limits.holdoutMaxAge)}`;
  return undefined;
}

const opening = (after: number | undefined, through: number, now: Date): HoldoutChoice => ({
  after,
  use: { state: "open" },
  events: [{ kind: "opened", at: now.toISOString(), after, through }],
});

/** Chooses the held-out rows for a comparison. */
export function chooseHoldout(
  epoch: HoldoutEpoch | undefined,
  { through, newest }: HeldOut,
  positionOf: PositionOf,
  limits: Limits,
  now: Date,
): HoldoutChoice {
  if (!epoch) return opening(undefined, through, now);
  const bounds = boundsOf(epoch, positionOf);
  const closed = (reason: string): HoldoutChoice => ({
    after: isAfter(newest, bounds.after) ? bounds.after : undefined,
    use: { state: "closed", reason },
    events: [],
  });
  const end = endOf(epoch, limits, now);
  if (end !== undefined)
    return isAfter(newest, bounds.through)
      ? opening(bounds.through, through, now)
      : closed(`${end}: drop new data, its held-out rows will judge`);
  if (!isAfter(newest, bounds.after))
    return closed("all rows that are held out belong to holdouts that are used up: drop new data");
  const { after } = bounds;
  const joined: Joined = { kind: "joined", after, through };
  return { after, use: { state: "open" }, events: through > bounds.through ? [joined] : [] };
}

/** The attempt that a comparison is; undefined where it has not been made in this epoch. */
export const attemptOf = (epoch: HoldoutEpoch | undefined, key: string): number | undefined =>
  epoch?.attempts.find((attempt) => attempt.key === key)?.attempt;

/**
 * A comparison is made once in an epoch: what was compared before costs nothing.
 * @throws {HoldoutMovedError} when other rows would judge now than were scored.
 */
function decide(epoch: HoldoutEpoch | undefined, command: UseHoldout): readonly HoldoutEvent[] {
  const { model, version, key, held, scoredAfter, positionOf, now, limits } = command;
  if (attemptOf(epoch, key) !== undefined) return [];
  const { after, use, events } = chooseHoldout(epoch, held, positionOf, limits, now);
  if (use.state === "closed") return [{ kind: "refused", reason: use.reason }];
  if (after !== scoredAfter)
    throw new HoldoutMovedError(`the holdout of ${model} has changed while version ${version} was scored`);
  return [...events, { kind: "spent", key, version, at: now.toISOString() }];
}

export function evolve(epoch: HoldoutEpoch | undefined, event: HoldoutEvent): HoldoutEpoch | undefined {
  if (event.kind === "opened") {
    const { at, after, through } = event;
    return { epoch: (epoch?.epoch ?? 0) + 1, openedAt: at, after, through, attempts: [] };
  }
  if (!epoch || event.kind === "refused") return epoch;
  if (event.kind === "joined") {
    const { former: _, ...rest } = epoch;
    return { ...rest, after: event.after, through: event.through };
  }
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
