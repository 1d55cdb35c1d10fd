import colors from "picocolors";
import type { TimeSplit } from "../observe/turn.ts";
import { seconds, table } from "../output.ts";
import type { Observation } from "./stage.ts";

/** What the demo found, with every figure. */
export interface Summary {
  readonly observed: boolean;
  readonly observations: readonly Observation[];
  readonly times: readonly ({ readonly promotion: string } & TimeSplit)[];
  readonly milliseconds: number;
  /** Why the story broke off, where it did. */
  readonly brokeOff?: string;
}

const titles: Readonly<Record<number, string>> = {
  1: "first drop, first champion",
  2: "more data, better model",
  3: "shuffled labels, quarantine",
  4: "some wrong labels, the gate",
  5: "files refused at the door",
  6: "subscriber",
  7: "dead letters, replay",
};

const figure = (value: unknown): string | undefined => {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toFixed(3);
  return typeof value === "string" && value.length <= 40 ? value : undefined;
};

function figures(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .flatMap(([name, value]) => (figure(value) === undefined ? [] : [`${name} ${figure(value)}`]))
    .slice(0, 4)
    .join(", ");
}

/** The summary as tables. */
export function describeSummary(summary: Summary): string {
  const ordered = [...summary.observations].sort((a, b) => a.chapter - b.chapter);
  const rows = ordered.map(({ chapter, statement, observed, facts }, index) => [
    ordered[index - 1]?.chapter === chapter ? "" : `${chapter} ${titles[chapter] ?? ""}`,
    observed ? colors.green("✓") : colors.red("✗"),
    statement,
    colors.dim(figures(facts)),
  ]);
  const times = summary.times.map(({ promotion, waiting, training, judging, publishing, total, overhead }) => [
    promotion,
    ...[waiting, training, judging, publishing, total, overhead].map(seconds),
  ]);
  const parts = [
    table(["", "", "observed by reading the system", "figures"], rows),
    table(["from drop to promoted", "waiting", "training", "judging", "publishing", "in all", "Ratchet's own"], times),
    colors.dim("waiting includes the quiet period of 5 s; Ratchet's own is all but training and the quiet period"),
    summary.brokeOff ? colors.red(`the story broke off: ${summary.brokeOff}`) : "",
    summary.observed
      ? colors.green(`all ${ordered.length} statements observed in ${seconds(summary.milliseconds)}`)
      : colors.red(
          `${ordered.filter(({ observed }) => !observed).length} of ${ordered.length} statements not observed`,
        ),
  ];
  return parts.filter(Boolean).join("\n\n");
}
