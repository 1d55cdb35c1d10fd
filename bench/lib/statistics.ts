/** The value below which `share` (0 to 1) of the values lie, by the nearest rank. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("A percentile needs at least one value.");
  return value;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);
