import { expect, test } from "vitest";
import { watchRuns } from "./runs-at-once.ts";

const job = (model: string, digit: number) =>
  ({ role: { kind: "job", name: `${model}-${String(digit).repeat(16)}` } }) as const;

test("two runs of one model that run together are seen, once, and not what is just on its way out", () => {
  const watch = watchRuns();
  watch.see([job("alpha", 1), job("alpha", 2), job("beta", 1)], 0);
  watch.see([job("alpha", 2), job("beta", 1), job("beta", 1)], 5_000);
  watch.see([job("alpha", 2), job("alpha", 3)], 10_000);
  watch.see([job("alpha", 2), job("alpha", 3)], 15_000);
  expect(watch.broken).toEqual([]);
  watch.see([job("alpha", 2), job("alpha", 3)], 20_000);
  watch.see([job("alpha", 2), job("alpha", 3)], 25_000);
  expect(watch.broken).toEqual([
    { sentence: "alpha-2222222222222222 and alpha-3333333333333333 ran at the same time", at: 10_000 },
  ]);
});
