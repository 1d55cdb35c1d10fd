/** How often a thing happened in so many trials, with the interval that holds its probability in 95 of 100 cases. */
export interface Rate {
  readonly happened: number;
  readonly trials: number;
  readonly from: number;
  readonly to: number;
}

/** Source of the interval: Wilson, "Probable inference, the law of succession, and statistical inference", 1927. */
export function rateOf(happened: number, trials: number): Rate {
  const z = 1.959963984540054;
  const share = happened / trials;
  const middle = share + z ** 2 / (2 * trials);
  const half = z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return { happened, trials, from: Math.max(0, (middle - half) / scale), to: Math.min(1, (middle + half) / scale) };
}
