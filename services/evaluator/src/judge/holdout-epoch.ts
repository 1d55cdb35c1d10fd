import { z } from "zod";
import type { Policy } from "./policy.ts";
import { durationInWords } from "./reasons.ts";

/**
 * The life of a holdout, `verdicts/<model>/holdout.json`. An epoch is a time in which the same held-out rows judge: at
 * most `reuseBudget` comparisons, for at most `holdoutMaxAge`. Batches that are admitted meanwhile join it. When it is
 * over, its batches are retired: they never judge again, because challengers have been chosen by them. The next epoch
 * begins with the first batch that no epoch has used, and is judged by such batches alone.
 */
export const holdoutEpoch = z.object({
  epoch: z.number().int().min(1),
  openedAt: z.iso.datetime(),
  /** The batches whose held-out rows judge in this epoch. */
  batches: z.array(z.string()),
  retired: z.array(z.string()),
  /** Every comparison made, by what was compared; the same one asked for again is the same attempt. */
  attempts: z.array(
    z.object({ key: z.string(), attempt: z.number().int().min(1), version: z.string(), at: z.string() }),
  ),
});
export type HoldoutEpoch = z.infer<typeof holdoutEpoch>;

/** What the holdout may be used for. */
export type HoldoutUse =
  | { readonly state: "open" }
  /** Nothing more may be compared until there is new data. */
  | { readonly state: "closed"; readonly reason: string };

export interface HoldoutChoice {
  /** The batches whose held-out rows are to be scored. */
  readonly batches: readonly string[];
  readonly use: HoldoutUse;
  /** The epoch as it is once the choice is used. */
  readonly epoch: HoldoutEpoch;
}

const union = (...lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();
const without = (list: readonly string[], gone: readonly string[]): readonly string[] =>
  list.filter((item) => !gone.includes(item));

/** The batches that an epoch judges by; used-up ones where there are no others, for numbers that decide nothing. */
function judgedBy({ retired }: HoldoutEpoch, candidates: readonly string[]): readonly string[] {
  const batches = union(without(candidates, retired));
  return batches.length > 0 ? batches : union(candidates);
}

function endOf(epoch: HoldoutEpoch, now: Date, policy: Policy): string | undefined {
  const { attempts, openedAt } = epoch;
  if (attempts.length >= policy.reuseBudget)
    return `the holdout has judged ${attempts.length} challengers and may judge no more than ${policy.reuseBudget}`;
  const age = now.getTime() - new Date(openedAt).getTime();
  if (age > policy.holdoutMaxAge)
    return `the holdout is ${durationInWords(age)} old and may judge for ${durationInWords(policy.holdoutMaxAge)}`;
  return undefined;
}

/**
 * Chooses the held-out rows for a comparison.
 * @param candidates the admitted batches that the challenger was trained on.
 */
export function chooseHoldout(
  stored: HoldoutEpoch | undefined,
  candidates: readonly string[],
  now: Date,
  policy: Policy,
): HoldoutChoice {
  const openedAt = now.toISOString();
  if (!stored) {
    const batches = union(candidates);
    return { batches, use: { state: "open" }, epoch: { epoch: 1, openedAt, batches, retired: [], attempts: [] } };
  }
  const end = endOf(stored, now, policy);
  if (end !== undefined) {
    const retired = union(stored.retired, stored.batches);
    const fresh = union(without(candidates, retired));
    if (fresh.length === 0)
      return {
        batches: judgedBy(stored, candidates),
        use: { state: "closed", reason: `${end}: drop new data, its held-out rows will judge` },
        epoch: stored,
      };
    return {
      batches: fresh,
      use: { state: "open" },
      epoch: { epoch: stored.epoch + 1, openedAt, batches: fresh, retired, attempts: [] },
    };
  }
  const batches = union(without(candidates, stored.retired));
  if (batches.length === 0)
    return {
      batches: union(candidates),
      use: {
        state: "closed",
        reason:
          "all the data that the challenger was trained on belongs to holdouts that are used up: train on new data",
      },
      epoch: stored,
    };
  return { batches, use: { state: "open" }, epoch: { ...stored, batches: union(stored.batches, batches) } };
}

/** The attempt that a comparison is; undefined where it has not been made in this epoch. */
export const attemptOf = (epoch: HoldoutEpoch | undefined, key: string): number | undefined =>
  epoch?.attempts.find((attempt) => attempt.key === key)?.attempt;

/** The epoch with a comparison noted, once. */
export function spend(epoch: HoldoutEpoch, key: string, version: string, now: Date): HoldoutEpoch {
  if (attemptOf(epoch, key) !== undefined) return epoch;
  const attempt = epoch.attempts.length + 1;
  return { ...epoch, attempts: [...epoch.attempts, { key, attempt, version, at: now.toISOString() }] };
}
