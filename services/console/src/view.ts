import { comparison, decision } from "@ratchet/contracts";
import { z } from "zod";

/** One training run as events tell it. Fields appear as their events arrive, in whatever order. */
const runView = z.object({
  runId: z.string(),
  version: z.string().optional(),
  batches: z.number().int().optional(),
  warmStart: z.string().nullable().optional(),
  reason: z.string().optional(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  status: z.enum(["running", "completed", "failed", "canceled", "timed-out"]).optional(),
  failure: z.string().optional(),
});

const verdictView = z.object({
  version: z.string(),
  runId: z.string().optional(),
  champion: z.string().nullable(),
  decision,
  reasons: z.array(z.string()),
  comparison,
  judgedAt: z.string(),
});

const releaseView = z.object({
  version: z.string(),
  since: z.string(),
  cause: z.string(),
  endpoint: z.string(),
  reason: z.string().optional(),
});

/** What the events say of one model: `ledger/models/<model>.json`. It can be rebuilt from them at any time. */
export const modelView = z.object({
  model: z.string(),
  batches: z.record(z.string(), z.object({ file: z.string(), train: z.number(), holdout: z.number(), at: z.string() })),
  refusals: z.record(
    z.string(),
    z.object({
      file: z.string(),
      code: z.string(),
      reason: z.string(),
      row: z.number().optional(),
      column: z.string().optional(),
      at: z.string(),
    }),
  ),
  runs: z.record(z.string(), runView),
  verdicts: z.record(z.string(), verdictView),
  /** Every change of production by event id. */
  releases: z.record(z.string(), releaseView),
});
export type ModelView = z.infer<typeof modelView>;

export const emptyView = (model: string): ModelView => ({
  model,
  batches: {},
  refusals: {},
  runs: {},
  verdicts: {},
  releases: {},
});

/** The release in production: the latest change of it. */
export function championOf(view: ModelView): z.infer<typeof releaseView> | null {
  const latest = Object.values(view.releases).sort((a, b) => (a.since < b.since ? 1 : -1));
  return latest[0] ?? null;
}
