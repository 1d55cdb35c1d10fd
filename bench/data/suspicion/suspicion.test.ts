import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
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
