import type { Deployment } from "../deployment.ts";
import { readView } from "../model-records.ts";

/** A version that has served, from when on, and why. */
export interface FormerChampion {
  readonly version: string;
  /** ISO 8601. */
  readonly since: string;
  /** `verdict`, `forced`, `rollback`. */
  readonly cause: string;
  /** What it reached when it was judged. */
  readonly metric: { readonly name: string; readonly value: number } | null;
  readonly reason: string | null;
}

/** Every version that has served, as far as the console's view has them, the newest first; undefined of a model that no event has named. */
export async function championsOf(
  deployment: Deployment,
  model: string,
): Promise<readonly FormerChampion[] | undefined> {
  const view = await readView(deployment, model);
  if (!view) return undefined;
  return Object.values(view.releases)
    .sort((a, b) => (a.since < b.since ? 1 : -1))
    .map(({ version, since, cause, reason }) => {
      const { comparison, reasons } = view.verdicts[version] ?? {};
      const value = comparison?.challenger ?? null;
      return {
        version,
        since,
        cause,
        metric: comparison && value !== null ? { name: comparison.metric, value } : null,
        reason: reason ?? reasons?.[0] ?? null,
      };
    });
}
