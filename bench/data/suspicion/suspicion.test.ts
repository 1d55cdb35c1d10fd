import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { rateOf } from "./rate.ts";
import type { Results } from "./results.ts";

test("some batches are compared, clean and poisoned ones, each with its rate and cost", {
  timeout: 180_000,
}, async () => {
  const program = join(import.meta.dirname, "../suspicion.ts");
  const words = ["--disable-warning=ExperimentalWarning", program, "--quick", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  const { clean, poisoned, costs } = JSON.parse(stdout) as Results;
  const tables = ["weather", "penguins", "digits"];
  expect(clean.map(({ table }) => table)).toEqual(tables);
  for (const { standsOut, table } of clean) expect(standsOut.happened, table).toBeLessThanOrEqual(2);
  for (const table of tables) {
    const shuffled = poisoned.find((one) => one.table === table && one.poisoning === "all labels shuffled");
    expect(shuffled?.found.happened, table).toBe(shuffled?.found.trials);
    expect(shuffled?.as).toMatch(/^label-fit of /);
  }
  expect(costs.map(({ table }) => table)).toEqual(tables);
  for (const { profiling, reading } of costs) expect(profiling / reading).toBeGreaterThan(0);
});

test("a rate has an interval that holds it, narrower with more trials", () => {
  // Wilson's for 3 of 100, as R's prop.test(3, 100, correct = FALSE) has it.
  expect(rateOf(3, 100)).toEqual({
    happened: 3,
    trials: 100,
    from: expect.closeTo(0.01025, 5),
    to: expect.closeTo(0.08452, 5),
  });
  expect(rateOf(0, 100).from).toBeCloseTo(0, 12);
  expect(rateOf(0, 1000).to).toBeLessThan(rateOf(0, 100).to);
});
