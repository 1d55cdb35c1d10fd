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

/**
 * Where a rising function that is below 0 at `low` and above it at `high` is 0, to 1e-9 of their distance: by secants, of which
 * none may leave what is known to enclose it. For functions that take long; always on the side where the function is not above 0.
 * Source: the Illinois method, Dowell and Jarratt, BIT 11, 1971.
 */
export function rootBelow(low: number, high: number, rising: (x: number) => number): number {
  let [from, to] = [low, high];
  let [atFrom, atTo] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let last = 0;
  for (let step = 0; step < 200 && to - from > 1e-9 * (high - low); step += 1) {
    const secant = from - (atFrom * (to - from)) / (atTo - atFrom);
    // Every third step halves: secants alone creep where the function is far from straight.
    const middle = step % 3 === 2 || !(secant > from && secant < to) ? (from + to) / 2 : secant;
    if (middle === from || middle === to) break;
    const value = rising(middle);
    if (value > 0) {
      [to, atTo] = [middle, value];
      if (last > 0) atFrom /= 2;
    } else {
      [from, atFrom] = [middle, value];
      if (last < 0) atTo /= 2;
    }
    last = value > 0 ? 1 : -1;
  }
  return from;
}
