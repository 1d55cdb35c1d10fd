import type { FaultKind } from "./faults/kinds.ts";
import type { Broken } from "./seen/broken.ts";

/** A fault as the report has it. Times are milliseconds since the run began. */
interface ReportedFault {
  readonly at: number;
  readonly words: string;
}

/** What callers of one app met. */
export interface EndpointReport {
  readonly app: string;
  readonly requests: number;
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds between two answers, at most. */
  readonly longestGap: number;
  /** The share of the time in which no fault excused it. */
  readonly accountable: number;
}

/** Something that must hold and did not, with the faults before it. */
export interface Violation extends Broken {
  readonly before: readonly ReportedFault[];
}

/** What became of a run. */
export interface Report {
  readonly seed: number;
  /** What this machine does not let us do. */
  readonly leftOut: readonly string[];
  /** Milliseconds in which there were faults. */
  readonly milliseconds: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Faults that found nothing they could have met. */
  readonly missed: number;
  readonly deeds: Readonly<Record<string, { readonly done: number; readonly failed: number }>>;
  readonly endpoints: readonly EndpointReport[];
  readonly models: readonly {
    readonly model: string;
    readonly batches: number;
    readonly runs: number;
    readonly verdicts: number;
    readonly turns: number;
  }[];
  readonly events: number;
  /** Dead letters that were replayed when all was at rest, and those that are left. */
  readonly letters: { readonly replayed: number; readonly left: readonly string[] };
  /** How often `ratchet up` was started, and how it ended by itself. */
  readonly starts: number;
  readonly ownEnds: readonly string[];
  /** Milliseconds for which the machine itself stood still, each time it did. */
  readonly standstills: readonly number[];
  /** Milliseconds from the last fault to rest with everything as it must be, once each time it came to rest. */
  readonly timesToRest: readonly number[];
  readonly violations: readonly Violation[];
  /** Where story, logs and records are. */
  readonly folder: string;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} × ${name}`)
    .join(", ");

const faultCount = ({ faults }: Pick<Report, "faults">): number =>
  Object.values(faults).reduce((sum, count) => sum + count, 0);

/** The report in words. */
export function describeReport(report: Report): string {
  const { seed, faults, missed, deeds, endpoints, models, letters, timesToRest, violations } = report;
  const deedLines = Object.entries(deeds).map(
    ([name, { done, failed }]) => `${name} ${done}${failed > 0 ? ` (and ${failed} in vain)` : ""}`,
  );
  return [
    `${faultCount(report)} faults in ${seconds(report.milliseconds)}, seed ${seed}${missed > 0 ? `; ${missed} more found nothing to meet` : ""}`,
    `  ${list(faults as Record<string, number>)}`,
    ...report.leftOut.map((sentence) => `  left out: ${sentence}`),
    `what was done: ${deedLines.join(", ")}`,
    "what callers met:",
    ...endpoints.map(
      ({ app, requests, failures, longestGap, accountable }) =>
        `  ${app}: ${requests} requests, ${list(failures) || "no failure"}; longest gap ${seconds(longestGap)}; ${Math.round(accountable * 100)} % of the time without an excuse`,
    ),
    "what became of it:",
    ...models.map(
      ({ model, batches, runs, verdicts, turns }) =>
        `  ${model}: ${batches} batches, ${runs} runs, ${verdicts} verdicts, ${turns} promotions and rollbacks`,
    ),
    `  ${report.events} events; ${letters.replayed} dead letters replayed at the end, ${letters.left.length} left`,
    ...letters.left.map((letter) => `    ${letter}`),
    `ratchet up was started ${report.starts} times${report.ownEnds.length > 0 ? `, and ended by itself ${report.ownEnds.length} times:` : ""}`,
    ...report.ownEnds.map((end) => `  ${end}`),
    ...(report.standstills.length > 0
      ? [`the machine itself stood still: ${report.standstills.map(seconds).join(", ")}`]
      : []),
    timesToRest.length > 0
      ? `came to rest after ${timesToRest.map(seconds).join(", then ")}`
      : "it did not come to rest",
    ...(violations.length === 0
      ? ["everything holds"]
      : [
          `${violations.length} VIOLATIONS:`,
          ...violations.flatMap(({ sentence, before }) => [
            `  ${sentence}`,
            ...before.map(({ at, words }) => `      ${seconds(at).padStart(8)}  ${words}`),
          ]),
        ]),
    `story, logs and records: ${report.folder}`,
  ].join("\n");
}
