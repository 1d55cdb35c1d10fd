/** How often the gate promotes a challenger that is no better, and one that is, beside the usual ways to say so. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureAttacks } from "./gate/attack.ts";
import { chart } from "./gate/chart.ts";
import { measureCost } from "./gate/cost.ts";
import { effects } from "./gate/effects.ts";
import { inParallel } from "./gate/in-parallel.ts";
import { nulls } from "./gate/nulls.ts";
import { asFalse, type Cell } from "./gate/promotions.ts";
import { report } from "./gate/report.ts";
import type { Results } from "./gate/results.ts";
import { measureSlices } from "./gate/slices.ts";
import { describeMachine } from "./lib/machine.ts";

const USAGE = `node bench/gate.ts [--quick | --last] [--share 0.1] [--json]
  Draws models of which neither is better, and ones of which the challenger is, and counts promotions by the gate, by the
  bootstrap, by Student's test and by the metric's value alone; writes results/gate.json and .svg.
  --quick    some seconds; writes nothing
  --last     measures nothing: prints and draws the last written results again
  --share    so much of the trials of a full run, which takes two hours on two cores
  --json     prints the results as JSON instead of tables`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    last: { type: "boolean", default: false },
    share: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const JSON_FILE = join(import.meta.dirname, "results/gate.json");

const progress = (text: string): void => console.error(`· ${text}`);

/** As a gate compares that is used 20 times at 95 %, and as one that is used once. */
const small = 0.0025;
const usual = 0.05;

interface Size {
  readonly rows: number;
  readonly trials: number;
  readonly alphas: readonly number[];
}

/** A small level takes many trials to see, and so few rows. */
const sizes: readonly Size[] = [
  { rows: 30, trials: 20_000, alphas: [small, usual] },
  { rows: 100, trials: 20_000, alphas: [small, usual] },
  { rows: 300, trials: 10_000, alphas: [small, usual] },
  { rows: 1_000, trials: 4_000, alphas: [small, usual] },
  { rows: 10_000, trials: 400, alphas: [usual] },
  { rows: 100_000, trials: 60, alphas: [usual] },
];

const some = (trials: number): number =>
  Math.max(2, Math.round(trials * (options.quick ? 0.001 : Number(options.share))));

/** Only accuracy is compared by 30 rows; that nothing else is need not be seen twenty thousand times. */
const trialsOf = ({ rows, trials }: Size, metric: string): number =>
  some(rows < 100 && metric !== "accuracy" ? trials / 100 : trials);

const wanted = options.quick ? sizes.filter(({ rows }) => rows === 30 || rows === 300) : sizes;

const nullCells = (): readonly Cell[] =>
  nulls.flatMap(({ metrics }, index) =>
    metrics.flatMap((metric) =>
      wanted.map((size) => ({
        of: "null" as const,
        index,
        metric,
        rows: size.rows,
        alphas: size.alphas,
        trials: trialsOf(size, metric),
      })),
    ),
  );

const effectCells = (): readonly Cell[] =>
  effects.flatMap(({ metrics }, index) =>
    metrics.flatMap((metric) =>
      (options.quick ? [300] : [300, 1_000, 3_000]).map((rows) => ({
        of: "effect" as const,
        index,
        metric,
        rows,
        alphas: [small],
        trials: some(1_000),
      })),
    ),
  );

const measure = async (): Promise<Results> => {
  const machine = await describeMachine();
  const [ofNulls, ofEffects] = [nullCells(), effectCells()];
  const all = await inParallel([...ofNulls, ...ofEffects], (done) => {
    if (done % 20 === 0) progress(`${done} of ${ofNulls.length + ofEffects.length}`);
  });
  const levels = ofNulls.reduce((sum, { alphas }) => sum + alphas.length, 0);
  progress("slices and attacks");
  return {
    measuredAt: new Date().toISOString(),
    machine,
    rates: all.slice(0, levels).map(asFalse),
    power: all.slice(levels),
    slices: measureSlices(some(2_000)),
    attacks: measureAttacks(some(2_000)),
    costs: await measureCost((count) => (options.quick ? Math.max(2, count / 100) : count)),
  };
};

const main = async (): Promise<void> => {
  if (options.help) return console.log(USAGE);
  const results = options.last ? (JSON.parse(await readFile(JSON_FILE, "utf8")) as Results) : await measure();
  if (!options.last && !options.quick) await writeFile(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`);
  if (!options.quick) await writeFile(JSON_FILE.replace(/json$/, "svg"), chart(results));
  console.log(options.json ? JSON.stringify(results) : report(results));
};

await main();
