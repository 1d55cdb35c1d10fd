import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { measure, type Pair, seededDraw } from "@ratchet/gate/testing";
import { expect, test } from "vitest";
import { chart } from "./chart.ts";
import { nulls } from "./nulls.ts";
import type { Results } from "./results.ts";
import { byBootstrap, byStudent, parameters } from "./ways.ts";

test("models of which neither is better, and better ones, are compared in every way", {
  timeout: 120_000,
}, async () => {
  const program = join(import.meta.dirname, "../gate.ts");
  const words = ["--disable-warning=ExperimentalWarning", program, "--quick", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 26 });
  const results = JSON.parse(stdout) as Results;
  const compared = results.rates.filter(({ rows }) => rows === 300);
  expect(new Set(compared.map(({ metric }) => metric)).size).toBe(13);
  const happened = (way: "ratchet" | "point"): number =>
    compared.reduce((sum, { promoted }) => sum + (promoted[way]?.happened ?? 0), 0);
  expect(happened("ratchet")).toBeLessThan(happened("point") / 4);
  // 30 rows are too few for all but accuracy.
  const few = results.rates.filter(({ rows }) => rows === 30);
  for (const { metric, refused, promoted } of few)
    expect(refused, metric).toBe(metric === "accuracy" ? 0 : promoted.ratchet?.trials);
  expect(results.slices).toHaveLength(3);
  expect(results.attacks.map(({ told }) => told)).toContain("all numbers");
  expect(chart(results)).toContain("as promised");
});

test("neither model is better where it says so", () => {
  for (const { name, metrics, draw } of nulls) {
    const pair: Pair = draw(seededDraw(name), 100_000);
    for (const metric of metrics) {
      const [own = 0, other = 0] = [pair.challenger, pair.champion].map((one) => measure(metric, one, parameters));
      // Squared errors of heavy tails settle slowly.
      expect(Math.abs(own - other), `${metric} of ${name}`).toBeLessThan(0.04 * (Math.abs(other) + 0.1));
    }
  }
});

const said = (numerators: readonly number[]) => ({
  numerators: Float64Array.from(numerators),
  denominators: new Float64Array(numerators.length).fill(1),
  none: 0,
});

test("the other ways are what they are called", () => {
  // Student's sleep data, drug 2 less drug 1: t = 4.0621 with 9 degrees, one-sided p = 0.001416 (R's t.test).
  const sleep = said([1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4]);
  expect([byStudent(sleep, 0.00142), byStudent(sleep, 0.00141)]).toEqual([true, false]);
  const draw = seededDraw("sleep");
  // A mean of 0 or less takes ten times the one row that is 0.
  expect(byBootstrap(sleep, 0.002, draw)).toBe(true);
  expect(byBootstrap(said([-1, 1, -1, 1, 3, -3]), 0.05, draw)).toBe(false);
});
