/**
 * The place between `low` and `high` where a condition that holds at `low` and fails at `high` ceases to hold,
 * to the precision of a double.
 */
export function bisect(low: number, high: number, holds: (x: number) => boolean): number {
  let from = low;
  let to = high;
  for (let step = 0; step < 100; step += 1) {
    const middle = (from + to) / 2;
    if (middle === from || middle === to) break;
    if (holds(middle)) from = middle;
    else to = middle;
  }
  return from;
}
