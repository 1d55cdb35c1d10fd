import { type BarGroup, barChart } from "../lib/bar-chart.ts";
import { ratio, shortNumber } from "../lib/format.ts";
import type { DropCost, Results } from "./results.ts";

/** What one drop costs as history grows: flat bars are good ones. */
export const chart = ({ history }: Results): string => {
  const costs = history?.drops ?? [];
  const group = (label: string, value: (cost: DropCost) => number, unit: string, divisor = 1): BarGroup => {
    const [first, last] = [costs[0], costs.at(-1)];
    return {
      label,
      note: first && last ? ratio(value(last) / value(first)) : "",
      bars: costs.map((cost, series) => ({
        series,
        value: value(cost),
        text: `${shortNumber(value(cost) / divisor)}${unit}`,
      })),
    };
  };
  return barChart({
    title: "What one drop costs a model that has had many before",
    subtitle:
      "one file of 20 rows, from upload to recorded admission; × = after the most / after the fewest earlier drops",
    series: costs.map(({ earlier }) => `after ${earlier.toLocaleString("en-US")}`),
    groups: [
      group("messages", ({ messages }) => messages, ""),
      group("requests to storage and topic", ({ requests }) => requests, ""),
      group("bytes written", ({ sent }) => sent, " KB", 1024),
      group("bytes read", ({ received }) => received, " KB", 1024),
      group("time until admitted", ({ milliseconds }) => milliseconds, " ms"),
    ],
  });
};
