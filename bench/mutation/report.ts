import { barChart } from "../lib/bar-chart.ts";
import { table } from "../lib/table.ts";
import { type AreaResult, mutants, type Results, score } from "./results.ts";

const percent = (share: number): string => (Number.isNaN(share) ? "–" : `${(share * 100).toFixed(0)} %`);

/** Each survivor on a line: where, what stood there, and what nobody noticed in its place. */
export const survivorsOf = ({ survivors }: AreaResult): string =>
  survivors
    .map(({ file, line, original, replacement, covered }) => {
      const where = `${file}:${line}${covered ? "" : " (no test runs it)"}`;
      return `${where}\n    ${original}\n  → ${replacement}`;
    })
    .join("\n");

export const report = ({ areas }: Results): string =>
  table(
    ["area", "commit", "lines", "mutants", "noticed", "not noticed", "not run", "score", "minutes"],
    areas.map((area) => [
      area.name,
      area.commit,
      percent(area.share),
      String(mutants(area)),
      String(area.killed + area.timedOut),
      String(area.survived),
      String(area.uncovered),
      percent(score(area)),
      (area.seconds / 60).toFixed(1),
    ]),
  );

export const chart = ({ areas }: Results): string =>
  barChart({
    title: "Changes to the code that its tests notice",
    subtitle: "share of Stryker's mutants that make a test fail",
    series: ["noticed", "not noticed"],
    groups: areas
      .filter((area) => mutants(area) > 0)
      .map((area) => ({
        label: area.name,
        note: percent(score(area)),
        bars: [area.killed + area.timedOut, area.survived + area.uncovered].map((value, series) => ({
          series,
          value,
          text: String(value),
        })),
      })),
  });
