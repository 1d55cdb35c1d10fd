import { deployModel, modelJudged, paths, type Verdict } from "@ratchet/contracts";
import type { Outbox } from "@ratchet/messaging";

/** Says what a verdict says: to everybody, and to the deployer where it promotes. Said twice, it is said once. */
export async function announce(outbox: Outbox, verdict: Verdict): Promise<void> {
  const { model, version, runId, champion, decision, reasons, comparison } = verdict;
  await outbox.publish(modelJudged, {
    model,
    version,
    ...(runId === undefined ? {} : { runId }),
    champion,
    decision,
    reasons,
    comparison,
    verdict: paths.verdict(model, version),
  });
  if (decision === "promote") await outbox.send(deployModel, { model, version, cause: "verdict" });
}
