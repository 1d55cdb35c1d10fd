import { type ChampionPointer, type DeployModel, modelPromoted, modelRolledBack } from "@ratchet/contracts";
import type { Outbox } from "@ratchet/messaging";
import type { Served } from "./production/next-step.ts";

/** States that the champion was promoted. Stated again because of the same command, it is the same event. */
export async function announcePromotion(
  outbox: Outbox,
  { model, champion, previous, endpoint }: ChampionPointer,
  { cause, reason }: Pick<DeployModel["data"], "cause" | "reason">,
): Promise<void> {
  const { version, code, package: packageSha256, runId, verdict } = champion;
  await outbox.publish(modelPromoted, {
    model,
    version,
    code,
    package: packageSha256,
    ...(runId === undefined ? {} : { runId }),
    cause,
    ...(reason === undefined ? {} : { reason }),
    previous: previous && { version: previous.version, code: previous.code },
    endpoint,
    verdict,
  });
}

/** An earlier release that serves again. */
export interface Rollback {
  /** The release that was taken out of production. */
  readonly from: Served;
  readonly to: Served;
  readonly cause: "request" | "verification-failed";
  readonly reason: string;
}

/** States that an earlier release serves again. */
export async function announceRollback(
  outbox: Outbox,
  { model, endpoint }: Pick<ChampionPointer, "model" | "endpoint">,
  { from, to, cause, reason }: Rollback,
): Promise<void> {
  await outbox.publish(modelRolledBack, {
    model,
    version: to.version,
    code: to.code,
    from: { version: from.version, code: from.code },
    cause,
    reason,
    endpoint,
  });
}
