import type { ModelView } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { readView } from "../model-records.ts";
import { appliedModels } from "./status.ts";

/** A training run from its beginning to production, as far as it has come. Times are ISO 8601. */
export interface RunStory {
  readonly model: string;
  readonly runId: string;
  readonly version: string | null;
  /** `running`, or how it has ended. */
  readonly status: string;
  /** Why it was begun. */
  readonly because: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly judgedAt: string | null;
  readonly decision: string | null;
  readonly promotedAt: string | null;
  /** Why it failed, or why its version was not promoted. */
  readonly why: string | null;
}

/** The runs that a model's view knows, the newest first. */
export function runsIn({ model, runs, verdicts, releases }: ModelView): readonly RunStory[] {
  const stories = Object.values(runs).map((run): RunStory => {
    const { runId, version, status = "running", reason, startedAt, endedAt, failure } = run;
    const verdict = version === undefined ? undefined : verdicts[version];
    const since = Object.values(releases).flatMap((one) => (one.version === version ? [one.since] : []));
    return {
      model,
      runId,
      version: version ?? null,
      status,
      because: reason ?? null,
      startedAt: startedAt ?? null,
      endedAt: endedAt ?? null,
      judgedAt: verdict?.judgedAt ?? null,
      decision: verdict?.decision ?? null,
      promotedAt: since.sort()[0] ?? null,
      why: failure ?? (verdict && verdict.decision !== "promote" ? (verdict.reasons[0] ?? null) : null),
    };
  });
  return stories.sort((a, b) => (beganAt(a) < beganAt(b) ? 1 : -1));
}

const beganAt = ({ startedAt, endedAt }: RunStory): string => startedAt ?? endedAt ?? "";

/** The newest runs of one model, or of all that are applied. */
export async function listRuns(deployment: Deployment, model?: string): Promise<readonly RunStory[]> {
  const models = model === undefined ? await appliedModels(deployment) : [model];
  const views = await Promise.all(models.map((name) => readView(deployment, name)));
  return views.flatMap((view) => (view ? runsIn(view) : [])).sort((a, b) => (beganAt(a) < beganAt(b) ? 1 : -1));
}
