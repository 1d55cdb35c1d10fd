import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { applyProject, readProject } from "@ratchet/cli/commands/apply";
import { dropFiles } from "@ratchet/cli/commands/drop";
import { ensureApp } from "@ratchet/cli/commands/ensure-app";
import { followTurn, type Turn } from "@ratchet/cli/observe/turn";
import { createProgress } from "@ratchet/cli/progress";
import { loadWeather } from "@ratchet/cli/samples/weather";
import { parseDocument } from "yaml";
import type { Stack } from "./stack.ts";

const example = join(import.meta.dirname, "../../examples/weather");
const progress = createProgress({ quiet: true });
const months = await loadWeather();

/** What a test has different from `examples/weather`, by path in ratchet.yaml: `gate.triggerFile`. */
type Changes = Readonly<Record<string, unknown>>;

/** Thresholds of the gate: met by any model, and by none. */
export const thresholds = { lax: { rmse: { max: 1000 } }, unreachable: { rmse: { max: 0.001 } } } as const;

const quick: Changes = { "data.quietPeriod": "1s", "gate.minRows": 1, "gate.thresholds": thresholds.lax };

/** A model of the weather under a name, and an app, of one test's own. */
export interface WeatherModel {
  readonly name: string;
  /** Applies it anew with other changes; `train.py` is the example's where nothing else is given. */
  apply(changes?: Changes, trainingCode?: string): Promise<void>;
  /**
   * Drops whole months of Seattle's weather, the first being 0 for January 2012: a file each.
   * @returns their paths.
   * @throws {RangeError} when there is no such month.
   */
  drop(...which: readonly number[]): Promise<readonly string[]>;
  /**
   * Drops many months as one file.
   * @throws {RangeError} when there is no month `from`.
   */
  dropTogether(from: number, to: number): Promise<readonly string[]>;
  /** Follows dropped files until a model is judged, and promoted where the verdict says so. */
  follow(paths: readonly string[]): Promise<Turn>;
}

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
