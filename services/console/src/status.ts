import type { ModelView } from "@ratchet/contracts";
import type { Admissions } from "@ratchet/state";
import { championOf } from "./model-view.ts";

/** A model at a glance. */
export interface ModelStatus {
  readonly model: string;
  readonly champion: ReturnType<typeof championOf>;
  /** Batches that train and judge, and how many of their rows do what. */
  readonly batches: number;
  readonly rows: { readonly train: number; readonly holdout: number };
  readonly withdrawn: number;
  /** Batches that stand out from those before them, and neither train nor judge until somebody admits them. */
  readonly quarantined: number;
  readonly running: readonly string[];
  readonly lastVerdict: ModelView["verdicts"][string] | null;
  /** As far as the view has them. */
  readonly refusals: number;
}

const latest = <T>(items: readonly T[], time: (item: T) => string): T | null =>
  [...items].sort((a, b) => (time(a) < time(b) ? 1 : -1))[0] ?? null;

export function statusOf(
  view: ModelView,
  { batches, withdrawn, quarantined }: Pick<Admissions, "batches" | "withdrawn" | "quarantined">,
): ModelStatus {
  const sum = (side: "train" | "holdout") => batches.reduce((total, { rows }) => total + (rows?.[side] ?? 0), 0);
  return {
    model: view.model,
    champion: championOf(view),
    batches: batches.length,
    rows: { train: sum("train"), holdout: sum("holdout") },
    withdrawn: withdrawn.length,
    quarantined: quarantined.length,
    running: Object.values(view.runs)
      .filter(({ status }) => status === "running")
      .map(({ runId }) => runId),
    lastVerdict: latest(Object.values(view.verdicts), ({ judgedAt }) => judgedAt),
    refusals: Object.keys(view.refusals).length,
  };
}
