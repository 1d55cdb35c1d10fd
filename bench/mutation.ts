import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Area, areas } from "./mutation/areas.ts";
import { checkOut } from "./mutation/checkout.ts";
import { chart, report, survivorsOf } from "./mutation/report.ts";
import type { AreaResult, Results } from "./mutation/results.ts";
import { mutate, strykerVersion } from "./mutation/stryker.ts";

const usage = `node bench/mutation.ts [area …] [--share <0…1>] [--seed <n>] [--workers <n>] [--last]
  Changes the last commit's code in thousands of small ways and sees which changes no test notices.
  area        part of the name of what is looked at, as "deployer" or "decisions"; all where none is given
  --share     of the lines where the tests start servers, drawn by chance (0.1); decisions are looked at whole
  --seed      of the draw (1)
  --workers   how many mutants are looked at at a time (2)
  --last      measures nothing: prints and draws the last results again, and the survivors
  Results of the areas that were looked at take the place of former ones in results/mutation.json; mutation.svg draws all.`;

const resultsFolder = join(import.meta.dirname, "results");
const jsonFile = join(resultsFolder, "mutation.json");

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    share: { type: "string", default: "0.1" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: "2" },
    last: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const say = (text: string): void => console.error(`· ${text}`);

const readLast = async (): Promise<Results | undefined> =>
  readFile(jsonFile, "utf8").then(
    (text) => JSON.parse(text) as Results,
    () => undefined,
  );

/** Areas that were not looked at this time keep what was found before. */
const together = (found: readonly AreaResult[], former: readonly AreaResult[]): readonly AreaResult[] =>
  areas.flatMap(({ name }) => {
    const result = [...found, ...former].find((one) => one.name === name);
    return result ? [result] : [];
  });

async function keep(found: readonly AreaResult[]): Promise<Results> {
  const all = together(found, (await readLast())?.areas ?? []);
  const measuredAt = new Date().toISOString();
  const results: Results = { measuredAt, stryker: await strykerVersion(), areas: all };
  await mkdir(resultsFolder, { recursive: true });
  await writeFile(jsonFile, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(join(resultsFolder, "mutation.svg"), chart(results));
  return results;
}

/** @throws {RangeError} when it is no number from `least` to `most`. */
function number(name: "share" | "seed" | "workers", least: number, most: number): number {
  const value = Number(options[name]);
  if (value >= least && value <= most) return value;
  throw new RangeError(`--${name} takes a number from ${least} to ${most}, not ${options[name]}`);
}

/** @throws {RangeError} when no area is called so. */
function chosenAreas(): readonly Area[] {
  const isChosen = ({ name }: Area) => positionals.length === 0 || positionals.some((part) => name.includes(part));
  const chosen = areas.filter(isChosen);
  if (chosen.length > 0) return chosen;
  const names = areas.map(({ name }) => name).join(", ");
  throw new RangeError(`no area is called ${positionals.join(" or ")}; there are ${names}`);
}

async function run(): Promise<void> {
  const chosen = chosenAreas();
  const [share, seed, workers] = [number("share", 0.001, 1), number("seed", 0, 2 ** 32), number("workers", 1, 256)];
  await using checkout = await checkOut(say);
  const found: AreaResult[] = [];
  for (const area of chosen) {
    say(area.name);
    const result = await mutate(checkout, area, { share: area.servers ? share : 1, seed, workers });
    console.log(survivorsOf(result));
    found.push(result);
    // Kept after each: the whole takes hours.
    console.log(report(await keep(found)));
  }
}

if (options.help) console.log(usage);
else if (options.last) {
  const results = await readLast();
  if (!results) throw new Error("nothing was measured yet");
  for (const area of results.areas) console.log(survivorsOf(area));
  console.log(report(results));
  await writeFile(join(resultsFolder, "mutation.svg"), chart(results));
} else await run();
