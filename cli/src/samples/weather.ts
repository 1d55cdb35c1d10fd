import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** One month of Seattle's weather as a CSV file. */
export interface Month {
  /** e.g. `2012-01` */
  readonly month: string;
  readonly csv: string;
}

/** Two days of 2013 as rows that a model of the weather takes: date in days, precipitation, lowest temperature, wind, weather. */
export const days = {
  /** 1 July, which had 31.7 °C. */
  summer: [Date.UTC(2013, 6, 1) / 86_400_000, 0, 18.3, 2.3, 4],
  winter: [Date.UTC(2013, 0, 1) / 86_400_000, 0, -2.8, 2.7, 4],
} as const;

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
