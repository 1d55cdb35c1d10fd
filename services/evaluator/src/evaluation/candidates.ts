import type { AdmittedBatch } from "@ratchet/contracts";

/** When a challenger was asked about for the first time, and when this time. */
export interface AskedBetween {
  readonly first: Date;
  readonly now: Date;
}

/**
 * The batches whose held-out rows may judge a challenger: those that it was trained on (all admitted ones where it does not
 * say), and those that were admitted after it was asked about first. The latter are what can tell where the former could not,
 * when it is asked about again. How far they reach follows from when it was asked, so that half-done work goes on by the same.
 */
export function candidatesOf(
  trainedOn: readonly string[],
  admitted: readonly AdmittedBatch[],
  { first, now }: AskedBetween,
): readonly string[] {
  if (trainedOn.length === 0) return admitted.map(({ batch }) => batch);
  const since = admitted.filter(({ admittedAt }) => {
    const at = Date.parse(admittedAt);
    return at > first.getTime() && at <= now.getTime();
  });
  const there = new Set(admitted.map(({ batch }) => batch));
  return [...new Set([...trainedOn.filter((batch) => there.has(batch)), ...since.map(({ batch }) => batch)])];
}
