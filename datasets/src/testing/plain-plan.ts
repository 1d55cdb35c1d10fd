import type { Judging, PlanRule } from "../plan/plan-dataset.ts";
import type { TestBatch } from "./arbitrary-rows.ts";
import type { TestRow } from "./in-memory.ts";

interface Occurrence extends TestRow {
  readonly batch: number;
  readonly row: number;
}

/** Which rows train and judge, found with everything in memory, as plainly as can be said. */
export function plainPlan(
  batches: readonly TestBatch[],
  rule: PlanRule,
  sampleSize = Number.POSITIVE_INFINITY,
  { mayBegin = () => true, notBefore = Number.NEGATIVE_INFINITY }: Judging = {},
) {
  const all = batches.flatMap(({ rows }, batch) => rows.map((one, row): Occurrence => ({ ...one, batch, row })));
  const byUnit = Object.values(Object.groupBy(all, ({ unit }) => unit.join())).flatMap((unit) => {
    const occurrences = unit ?? [];
    const active = occurrences.filter(({ batch }) => batches[batch]?.active);
    const counted = rule.counts === "first" ? active[0] : active.at(-1);
    return counted ? [{ occurrences, active, counted }] : [];
  });
  const boundary = rule.by === "time" ? plainBoundary(sampleOf(byUnit, sampleSize), rule.holdout) : undefined;

  const sideOf = ({ occurrences, counted }: (typeof byUnit)[number], may = mayBegin) => {
    const judging = may(occurrences[0]?.batch ?? Number.NaN) ? "holdout" : "leftOut";
    if (rule.by === "time") {
      if (boundary === undefined || counted.place < boundary) return "train";
      return counted.place >= notBefore ? judging : "leftOut";
    }
    if (counted.place >= rule.holdout) return counted.held ? "leftOut" : "train";
    return counted.held && occurrences.every(({ held }) => held) ? judging : "leftOut";
  };

  const begins = byUnit
    .filter((unit) => sideOf(unit, () => true) === "holdout")
    .map(({ occurrences }) => occurrences[0]?.batch ?? Number.NaN);

  const countsOf = (isCounted: (one: Occurrence) => boolean) => {
    const counts = { train: 0, holdout: 0, duplicate: 0, replaced: 0, contradicting: 0, leftOut: 0 };
    for (const unit of byUnit) {
      if (isCounted(unit.counted)) counts[sideOf(unit)] += 1;
      for (const [index, one] of unit.active.entries()) {
        if (one === unit.counted || !isCounted(one)) continue;
        const later = unit.active[index + 1];
        const isReplaced = rule.counts === "latest" && (later?.label !== one.label || later.place !== one.place);
        counts[isReplaced ? "replaced" : "duplicate"] += 1;
      }
      const second = unit.active.find(({ label }) => label !== unit.active[0]?.label);
      if (rule.counts === "first" && second && isCounted(second)) counts.contradicting += 1;
    }
    return counts;
  };

  const taken = (side: "train" | "holdout", batch: number) =>
    byUnit
      .filter((unit) => unit.counted.batch === batch && sideOf(unit) === side)
      .map(({ counted }) => counted.row)
      .sort((a, b) => a - b);

  return {
    batches: batches.map((_, batch) => ({
      counts: countsOf((one) => one.batch === batch),
      train: taken("train", batch),
      holdout: taken("holdout", batch),
    })),
    counts: countsOf(() => true),
    boundary,
    lastToBegin: begins.length === 0 ? undefined : Math.max(...begins),
  };
}

function sampleOf(units: readonly { readonly counted: TestRow }[], size: number): readonly number[] {
  return units
    .map(({ counted }) => counted)
    .sort((a, b) => a.unit[0] - b.unit[0] || a.unit[1] - b.unit[1])
    .slice(0, size)
    .map(({ place }) => place);
}

/** Of all instants but the oldest the one that comes nearest to the share, the later of two that come as near. */
function plainBoundary(times: readonly number[], holdout: number): number | undefined {
  const oldest = Math.min(...times);
  const off = (from: number): number => Math.abs(times.filter((time) => time >= from).length - holdout * times.length);
  return times.filter((time) => time > oldest).sort((a, b) => off(a) - off(b) || b - a)[0];
}
