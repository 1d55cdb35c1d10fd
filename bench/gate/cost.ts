import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Comparison, verdict } from "@ratchet/contracts";
import { decidePair, detailsOf, weighPair } from "@ratchet/gate";
import { seededDraw, testScorePolicy } from "@ratchet/gate/testing";
import { renderReport, reportOfVerdict } from "@ratchet/report";
import { median } from "../lib/statistics.ts";
import { inCommon, normalErrors } from "./errors.ts";
import { classifiers, regressions } from "./models.ts";
import type { Costs } from "./results.ts";
import { parameters } from "./ways.ts";

const slices = 12;

const columnOf = (rows: number) => ({
  column: "of",
  values: Array.from({ length: slices }, (_, index) => `slice ${index}`),
  ofRow: Int32Array.from({ length: rows }, (_, row) => row % slices),
});

/** Seconds of each run. */
function timed(runs: number, work: () => void): readonly number[] {
  return Array.from({ length: runs }, () => {
    const begun = performance.now();
    work();
    return (performance.now() - begun) / 1000;
  });
}

/** A gate with a metric, two guardrails and twelve slices. */
const policyOf = (metric: string, guardrails: readonly string[]) =>
  testScorePolicy({
    metric,
    thresholds: [],
    parameters,
    guardrails: guardrails.map((name) => ({ metric: name, margin: 0.01 })),
    slices: [{ column: "of", margin: 0, minRows: 100, demand: "no-harm-shown" }],
  });

const gates = [
  ["accuracy", "log-loss", "brier"],
  ["macro-f1", "auc", "balanced-accuracy"],
  ["rmse", "mae", "r2"],
] as const;

/** How long a judgement takes once both models are scored. */
function judging(rows: number, runs: number): Costs["judging"] {
  const draw = seededDraw("cost");
  const skill = [1.5, 1.5, 1.5];
  const shares = [1 / 3, 1 / 3, 1 / 3];
  const ofClasses = classifiers(draw, rows, { shares, challenger: skill, champion: skill, shared: 0.5 });
  const ofNumbers = regressions(draw, rows, inCommon(normalErrors, 0.5)(draw));
  const column = columnOf(rows);
  return gates.map(([metric, ...guardrails]) => {
    const policy = policyOf(metric, guardrails);
    const pair = metric === "rmse" ? ofNumbers : ofClasses;
    const seconds = timed(runs, () => decidePair(weighPair(pair, policy, [column], "seed"), policy));
    return { metric, guardrails, rows, slices, seconds: median(seconds), limit: 5 };
  });
}

/** How long it takes to draw a verdict with ten classes and as many slices as are told. */
function reporting(runs: number): Costs["reporting"] {
  const draw = seededDraw("report");
  const names = Array.from({ length: 10 }, (_, index) => `class ${index}`);
  const skill = names.map(() => 2);
  const shares = names.map(() => 0.1);
  const pair = classifiers(draw, 20_000, { shares, challenger: skill, champion: skill, shared: 0.5 });
  const { example } = verdict;
  const [slice] = example.slices;
  const found = {
    ...example,
    details: { ...detailsOf(pair.challenger, pair.champion, names), worst: example.details?.worst ?? [] },
    slices: Array.from({ length: 50 }, (_, index) => ({ ...(slice as typeof slice & Comparison), value: `${index}` })),
  } as typeof example;
  const seconds = timed(runs, () =>
    renderReport(
      reportOfVerdict(
        found,
        Array.from({ length: 20 }, () => example),
      ),
    ),
  );
  return { milliseconds: 1000 * median(seconds), limit: 300 };
}

/** What a process takes that scores so many rows with two models, and how that grows. */
async function scoring(rows: number): Promise<Costs["scoring"][number]> {
  const program = new URL("./score-rows.ts", import.meta.url);
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program.pathname, String(rows)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (text: Buffer) => {
    said += text.toString("utf8");
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`the process that scores has ended with ${code}`);
  return { rows, megabytes: Number(said) / 1e6 };
}

export async function measureCost(some: (count: number) => number): Promise<Costs> {
  const found: Costs["scoring"][number][] = [];
  for (const rows of [1_000, 100_000, 1_000_000]) found.push(await scoring(some(rows)));
  return { judging: judging(some(100_000), 3), reporting: reporting(some(21)), scoring: found };
}
