import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { applyProject, readProject } from "../../cli/src/commands/apply.ts";
import { dropFiles } from "../../cli/src/commands/drop.ts";
import { ensureApp } from "../../cli/src/commands/ensure-app.ts";
import { followTurn, type Turn } from "../../cli/src/demo/loop.ts";
import { loadWeather } from "../../cli/src/demo/weather.ts";
import { createProgress } from "../../cli/src/progress.ts";
import type { Stack } from "./stack.ts";

const example = join(import.meta.dirname, "../../examples/weather");
const progress = createProgress({ quiet: true });
const months = await loadWeather();

/** What a test has different from `examples/weather`, by path in ratchet.yaml: `gate.triggerFile`. */
export type Changes = Readonly<Record<string, unknown>>;

/** Thresholds of the gate: met by any model, and by none. */
export const thresholds = { lax: { rmse: { max: 1000 } }, unreachable: { rmse: { max: 0.001 } } } as const;

const quick: Changes = { "data.quietPeriod": "1s", "gate.thresholds": thresholds.lax };

/** A model of the weather under a name, and an app, of one test's own. */
export interface WeatherModel {
  readonly name: string;
  /** Applies it anew with other changes; `train.py` is the example's where nothing else is given. */
  apply(changes?: Changes, trainingCode?: string): Promise<void>;
  /** Drops whole months of Seattle's weather, the first being 0 for January 2012: a file each. @returns their paths. */
  drop(...which: readonly number[]): Promise<readonly string[]>;
  /** Drops many months as one file. */
  dropTogether(from: number, to: number): Promise<readonly string[]>;
  /** Follows dropped files until a model is judged, and promoted where the verdict says so. */
  follow(paths: readonly string[]): Promise<Turn>;
}

/** Rows as the model takes them: date in days, precipitation, lowest temperature, wind, weather. */
export const days: readonly (readonly number[])[] = [
  [Date.UTC(2013, 6, 1) / 86_400_000, 0, 18.3, 2.3, 4],
  [Date.UTC(2013, 0, 1) / 86_400_000, 0, -2.8, 2.7, 4],
];

export function weatherModel(stack: Stack, name: string): WeatherModel {
  const dropCsv = async (csvs: readonly string[]): Promise<readonly string[]> => {
    const folder = await mkdtemp(join(stack.files, `${name}-`));
    const files = await Promise.all(
      csvs.map(async (csv, index) => {
        const file = join(folder, `weather-${index}.csv`);
        await writeFile(file, csv);
        return file;
      }),
    );
    const drops = await dropFiles(stack.running.deployment, name, files, { now: new Date() });
    return drops.map(({ path }) => path);
  };
  const month = (index: number): string => {
    const found = months[index];
    if (!found) throw new RangeError(`there is no month ${index}; the weather has ${months.length}`);
    return found.csv;
  };
  return {
    name,
    async apply(changes = {}, trainingCode) {
      const folder = await mkdtemp(join(stack.files, `${name}-project-`));
      await cp(example, folder, { recursive: true });
      const { source } = await readProject(folder);
      const document = parseDocument(source);
      // Whatever the day on which the tests run.
      document.delete("schedule");
      const all = { ...quick, ...changes, model: name, "deploy.app": `inference-${name}` };
      for (const [path, value] of Object.entries(all)) document.setIn(path.split("."), value);
      await writeFile(join(folder, "ratchet.yaml"), document.toString());
      if (trainingCode !== undefined) await writeFile(join(folder, "training/train.py"), trainingCode);
      const { deployment } = stack.running;
      await ensureApp(deployment, `inference-${name}`);
      await applyProject(deployment, await readProject(folder), new Date());
      await rm(folder, { recursive: true });
    },
    drop: (...which) => dropCsv(which.map(month)),
    dropTogether(from, to) {
      const [header = ""] = month(from).split("\n");
      const rows = months.slice(from, to).flatMap(({ csv }) => csv.trim().split("\n").slice(1));
      return dropCsv([`${[header, ...rows].join("\n")}\n`]);
    },
    follow: (paths) => followTurn({ observer: stack.observer, progress }, name, paths),
  };
}
