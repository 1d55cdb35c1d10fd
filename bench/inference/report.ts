import { ratio, shortNumber } from "../lib/format.ts";
import { table } from "../lib/table.ts";
import type { Measured, Results } from "./results.ts";

const titleOf = ({ network, format, clients, rows }: Measured): string =>
  `${network.toUpperCase()}, ${format}, ${clients} ${clients === 1 ? "client" : "clients"}, ${rows} ${rows === 1 ? "row" : "rows"} a request`;

/** What is served as usual, and what others are held against. */
const reference = "Ratchet, Azure Functions";

function loads(measured: readonly Measured[]): readonly string[] {
  return [...Map.groupBy(measured, titleOf)].map(([title, all]) => {
    const ours = all.find(({ server }) => server === reference);
    return table(
      [title, "requests/s", "ours / it", "p50 ms", "p99 ms", "CPU µs"],
      all.map(({ server, perSecond, p50, p99, cpu }) => [
        server,
        shortNumber(perSecond),
        ours ? ratio(ours.perSecond / perSecond) : "",
        shortNumber(p50),
        shortNumber(p99),
        shortNumber(cpu),
      ]),
    );
  });
}

const footprintTable = ({ footprints }: Results): string =>
  table(
    ["server", "network", "first answer ms", "MB in the end"],
    footprints.map(({ server, network, firstAnswer, megabytes }) => [
      server,
      network,
      shortNumber(firstAnswer),
      shortNumber(megabytes),
    ]),
  );

const strainTable = ({ besideLarge }: Results): string =>
  table(
    ["single rows beside 10,000", "p50 alone", "p50 beside", "p99 alone", "p99 beside", "ready p99", "large"],
    besideLarge.map(({ server, alone, beside, large, ready }) => [
      server,
      ...[alone.p50, beside.p50, alone.p99, beside.p99, ready].map(shortNumber),
      String(large),
    ]),
  );

const enduranceTable = ({ endurance }: Results): string =>
  table(
    ["asked again and again", "requests", "failed", "MB after each tenth"],
    endurance.map(({ server, requests, failed, megabytes }) => [
      server,
      requests.toLocaleString("en-US"),
      String(failed),
      megabytes.map((one) => one.toFixed(0)).join(" "),
    ]),
  );

/** The results as text. */
export const report = (results: Results): string =>
  [
    ...loads(results.measured),
    footprintTable(results),
    strainTable(results),
    enduranceTable(results),
    `The package has ${results.packageMegabytes.toFixed(1)} MB.`,
    ...results.missing.map((what) => `Not measured: ${what}`),
  ].join("\n\n");
