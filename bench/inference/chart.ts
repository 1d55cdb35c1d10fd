import { type BarGroup, barChart } from "../lib/bar-chart.ts";
import { shortNumber } from "../lib/format.ts";
import type { Measured, Results } from "./results.ts";

/** The bars of the picture: what people serve as, with as many clients as keep a core busy. */
const isShown = ({ isLimit, clients, rows }: Measured): boolean => !isLimit && clients === 64 && rows === 1;

/** Requests a second of each server, by network and format. */
export function chart({ measured }: Results): string {
  const groups = [...Map.groupBy(measured.filter(isShown), ({ network, format }) => `${network}, ${format}`)];
  return barChart({
    title: "Predictions a second on one core",
    subtitle: "one row of 784 numbers a request, 64 clients; Ratchet under Azure Functions, and others",
    series: ["Ratchet", "others"],
    groups: groups.map(
      ([label, all]): BarGroup => ({
        label,
        note: "",
        bars: all
          .toSorted((a, b) => b.perSecond - a.perSecond)
          .map(({ server, perSecond }) => ({
            series: server.startsWith("Ratchet") ? 0 : 1,
            value: perSecond,
            text: `${shortNumber(perSecond)}  ${server}`,
          })),
      }),
    ),
  });
}
