import type { GoldenPredictions } from "@ratchet/contracts";

/** How predictions differ from the golden ones, in words; undefined where they do not. */
export function differenceFrom(golden: GoldenPredictions, values: readonly number[]): string | undefined {
  const expected = golden.expected.flat();
  if (values.length !== expected.length)
    return `it gives ${values.length} values of ${golden.output} for ${golden.rows.length} golden rows instead of ${expected.length}`;
  const at = expected.findIndex(
    (value, index) => !(Math.abs((values[index] ?? Number.NaN) - value) <= golden.tolerance),
  );
  if (at < 0) return undefined;
  const row = Math.floor((at * golden.rows.length) / expected.length);
  return `for golden row ${row} it predicts ${golden.output} ${values[at]}, not ${expected[at]} within ${golden.tolerance}`;
}
