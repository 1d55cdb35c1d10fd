import { modelFrozen, modelPromoted, modelRolledBack, modelThawed, type Verdict } from "@ratchet/contracts";
import type { Facts } from "../load/facts.ts";
import { type Broken, broken } from "./broken.ts";
import type { Excuses } from "./letters.ts";
import type { ModelRecords, Seen } from "./seen.ts";

const releaseName = ({ version, code }: { readonly version: string; readonly code: string }): string =>
  `${version} with code ${code.slice(0, 8)}`;

/** Whether a version was judged better, now or before. */
export const isEntitled = (verdicts: readonly Verdict[]): boolean =>
  verdicts.some(({ decision }) => decision === "promote");

export const inWords = (verdicts: readonly Verdict[]): string =>
  verdicts.map(({ decision }) => decision).join(", then ") || "never";

/** Production, pointer and record agree, and nothing is in production that was not judged better or forced. */
export function productionAgrees(
  { model, pointer, deployment, served, verdicts }: ModelRecords,
  { forced }: Facts,
): readonly Broken[] {
  if (!pointer) return [];
  const { champion } = pointer;
  const since = champion.promotedAt;
  const found: Broken[] = [];
  if (served?.version !== champion.version || served.code !== champion.code)
    found.push(
      broken(
        `production of ${model} serves ${served ? releaseName(served) : "nothing"} and its pointer says ${releaseName(champion)}`,
        since,
      ),
    );
  if (deployment?.state === "announced" && releaseName(deployment.release) !== releaseName(champion))
    found.push(
      broken(
        `the record of ${deployment.app} says ${releaseName(deployment.release)} and the pointer says ${releaseName(champion)}`,
        deployment.since,
      ),
    );
  const ofChampion = verdicts.filter(({ version }) => version === champion.version);
  if (!isEntitled(ofChampion) && !forced.has(`${model}/${champion.version}`))
    found.push(broken(`${model} ${champion.version} is champion and was judged ${inWords(ofChampion)}`, since));
  if (served?.version === champion.version && !ofChampion.some(({ onnx }) => onnx.sha256 === served.onnx))
    found.push(broken(`${model} ${champion.version} serves another ONNX than was judged`, since));
  return found;
}

/**
 * Exactly one event for each promotion and each rollback: each takes up where another one ended, the first from nothing, and
 * the last one ends at the pointer. Clocks that were wrong make no order by time, so the links themselves are counted.
 */
export function eventsTellOfEachTurn(
  { ledger }: Seen,
  { model, pointer }: ModelRecords,
  excuses: Excuses,
): readonly Broken[] {
  if (excuses.turn(model) || excuses.record()) return [];
  const turns = ledger.flatMap((event) => {
    if (modelPromoted.is(event) && event.data.model === model)
      return [
        { from: event.data.previous ? releaseName(event.data.previous) : "nothing", to: releaseName(event.data) },
      ];
    if (modelRolledBack.is(event) && event.data.model === model && event.data.cause === "request")
      return [{ from: releaseName(event.data.from), to: releaseName(event.data) }];
    return [];
  });
  const balance = new Map<string, number>([["nothing", 1]]);
  const count = (release: string, by: number) => balance.set(release, (balance.get(release) ?? 0) + by);
  for (const { from, to } of turns) {
    count(from, -1);
    count(to, 1);
  }
  count(pointer ? releaseName(pointer.champion) : "nothing", -1);
  return [...balance]
    .filter(([, left]) => left !== 0)
    .map(([release, left]) =>
      broken(
        left > 0
          ? `${model} ${release} was said to serve ${left} times more than it was said to be replaced, and the pointer says ${pointer ? releaseName(pointer.champion) : "nothing"}`
          : `${model} ${release} was said to be replaced ${-left} times more than it was said to serve`,
      ),
    );
}

/** A model is frozen exactly as long as that was said more often than that it was thawed. */
export function eventsTellOfEachFreeze(
  { ledger }: Seen,
  { model, pointer }: ModelRecords,
  excuses: Excuses,
): readonly Broken[] {
  if (!pointer || excuses.turn(model) || excuses.record()) return [];
  const froze = ledger.filter((event) => modelFrozen.is(event) && event.data.model === model).length;
  const thawed = ledger.filter((event) => modelThawed.is(event) && event.data.model === model).length;
  const isFrozen = pointer.frozen !== undefined;
  return froze - thawed === (isFrozen ? 1 : 0)
    ? []
    : [
        broken(
          `${model} is ${isFrozen ? "" : "not "}frozen, and was said to be frozen ${froze} times and thawed ${thawed} times`,
          pointer.frozen?.since ?? pointer.thawed?.at,
        ),
      ];
}

/** Code that was released reached whoever is champion. */
export const codeIsCurrent = ({ code }: Seen, { model, pointer }: ModelRecords, excuses: Excuses): readonly Broken[] =>
  pointer && code && pointer.champion.code !== code && !excuses.code(model)
    ? [
        broken(
          `${model} ${releaseName(pointer.champion)} serves, and ${code.slice(0, 8)} is current`,
          pointer.champion.promotedAt,
        ),
      ]
    : [];
