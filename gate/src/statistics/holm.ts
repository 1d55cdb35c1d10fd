/**
 * Corrects probabilities for how many there are: Holm's step-down. The chance that any of them falls below alpha where nothing
 * differs is at most alpha, whatever they have to do with each other.
 * Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 1979.
 */
export function holm(probabilities: readonly number[]): readonly number[] {
  const order = probabilities.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const corrected = new Array<number>(probabilities.length).fill(1);
  let highest = 0;
  for (const [rank, { p, index }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, p * (probabilities.length - rank)));
    corrected[index] = highest;
  }
  return corrected;
}
