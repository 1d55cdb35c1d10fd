import type { ModelView } from "@ratchet/contracts";
import { championOf } from "./model-view.ts";

/** A model at a glance. */
export interface ModelStatus {
  readonly model: string;
  readonly champion: ReturnType<typeof championOf>;
  readonly batches: number;
  readonly rows: { readonly train: number; readonly holdout: number };
  readonly running: readonly string[];
  readonly lastVerdict: ModelView["verdicts"][string] | null;
  readonly refusals: number;
}

const latest = <T>(items: readonly T[], time: (item: T) => string): T | null =>
  [...items].sort((a, b) => (time(a) < time(b) ? 1 : -1))[0] ?? null;

export function statusOf(view: ModelView): ModelStatus {
  const batches = Object.values(view.batches);
  const sum = (side: "train" | "holdout") => batches.reduce((total, batch) => total + batch[side], 0);
  return {
    model: view.model,
    champion: championOf(view),
    batches: batches.length,
    rows: { train: sum("train"), holdout: sum("holdout") },
    running: Object.values(view.runs)
      .filter(({ status }) => status === "running")
      .map(({ runId }) => runId),
    lastVerdict: latest(Object.values(view.verdicts), ({ judgedAt }) => judgedAt),
    refusals: Object.keys(view.refusals).length,
  };
}
