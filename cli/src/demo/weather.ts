import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** One month of Seattle's weather as a CSV file. */
export interface Month {
  /** e.g. `2012-01` */
  readonly month: string;
  readonly csv: string;
}

/**
 * seattle-weather.csv of the npm package `vega-datasets` 3.2.1 (BSD-3-Clause; data: NOAA, public domain), by month.
 */
export async function loadWeather(): Promise<readonly Month[]> {
  const entry = createRequire(import.meta.url).resolve("vega-datasets");
  const text = await readFile(join(dirname(entry), "..", "data", "seattle-weather.csv"), "utf8");
  const [header, ...rows] = text.trim().split(/\r?\n/);
  const months = Map.groupBy(rows, (row) => row.slice(0, 7));
  return [...months].map(([month, lines]) => ({ month, csv: `${[header, ...lines].join("\n")}\n` }));
}
