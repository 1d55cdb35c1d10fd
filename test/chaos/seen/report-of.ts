import { deadLetterReason } from "@ratchet/cli/commands/dead-letters";
import { modelPromoted, modelRolledBack } from "@ratchet/contracts";
import type { HappenedFault } from "../faults/happened.ts";
import type { FaultKind } from "../faults/kinds.ts";
import type { Facts } from "../load/facts.ts";
import type { Allowed } from "../machine/allowed.ts";
import type { Standstill } from "../machine/standstills.ts";
import type { EndpointReport, Report, Violation } from "../report.ts";
import type { Life } from "../stack/ratchet-up.ts";
import type { Broken } from "./broken.ts";
import type { Rest } from "./rest.ts";
import type { Seen } from "./seen.ts";

interface Run {
  readonly seed: number;
  readonly allowed: Allowed;
  readonly folder: string;
  /** Milliseconds since the epoch. */
  readonly begun: number;
  readonly faultsBegun: number;
  readonly faultsEnded: number;
  readonly happened: readonly HappenedFault[];
  readonly missed: number;
  readonly facts: Facts;
  readonly endpoints: readonly EndpointReport[];
  readonly lives: readonly Life[];
  readonly standstills: readonly Standstill[];
  readonly rests: readonly Rest[];
  readonly replayed: number;
  readonly broken: readonly Broken[];
}

/** So many faults before a violation are told with it. */
const faultsTold = 3;

export function reportOf(run: Run): Report {
  const { happened, rests, lives } = run;
  const seen = rests.at(-1)?.seen;
  const faults: Partial<Record<FaultKind, number>> = {};
  for (const { kind } of happened) faults[kind] = (faults[kind] ?? 0) + 1;
  return {
    seed: run.seed,
    leftOut: run.allowed.leftOut,
    milliseconds: run.faultsEnded - run.faultsBegun,
    faults,
    missed: run.missed,
    deeds: Object.fromEntries(run.facts.deeds),
    endpoints: run.endpoints,
    models:
      seen?.models.map((records) => ({
        model: records.model,
        batches: records.admissions.batches.length,
        runs: records.runs.length,
        verdicts: records.verdicts.length,
        turns: turnsIn(seen, records.model),
      })) ?? [],
    events: seen?.ledger.length ?? 0,
    letters: {
      replayed: run.replayed,
      left: seen?.letters.map((letter) => `${letter.queue}: ${deadLetterReason(letter)}`) ?? [],
    },
    starts: lives.length,
    ownEnds: lives
      .filter(({ endedAt, endsSince }) => endedAt !== undefined && endsSince === undefined)
      .map(
        ({ how, lastLines, readyAt }) =>
          `${readyAt ? "" : "before it was ready, "}${how}: ${lastLines.slice(-4).join(" | ")}`,
      ),
    standstills: run.standstills.map(({ from, to }) => to - from),
    timesToRest: rests.flatMap(({ after }) => (after === undefined ? [] : [after])),
    violations: violationsOf(run),
    folder: run.folder,
  };
}

const turnsIn = ({ ledger }: Seen, model: string): number =>
  ledger.filter(
    (event) =>
      (modelPromoted.is(event) && event.data.model === model) ||
      (modelRolledBack.is(event) && event.data.model === model),
  ).length;

/** What was broken, each thing once, with the faults before it. */
function violationsOf({ broken, happened, begun }: Run): readonly Violation[] {
  const once = new Map(broken.map((one) => [one.sentence, one]));
  return [...once.values()].map((one) => ({
    ...one,
    before: happened
      .filter(({ at }) => one.at === undefined || at <= one.at)
      .slice(-faultsTold)
      .map(({ at, words }) => ({ at: at - begun, words })),
  }));
}
