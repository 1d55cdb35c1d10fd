import { type Comparison, deployModel, modelJudged, paths, type Verdict } from "@ratchet/contracts";
import type { Outbox } from "@ratchet/messaging";

/** What is told in place of a comparison where the challenger could not be scored: every reader knows its form. */
const notScored = ({ policy }: Verdict): Comparison => ({
  metric: String(policy["metric"]),
  challenger: 0,
  champion: null,
  improvement: null,
  lowerBound: null,
  alpha: null,
  rows: 0,
  method: "not-scored",
});

/**
 * Says what a verdict says: to everybody, and to the deployer where it promotes. Said twice, it is said once.
 * @param verdict as it may be told.
 */
export async function announce(outbox: Outbox, verdict: Verdict): Promise<void> {
  const { model, version, runId, champion, decision, reasons, comparison = notScored(verdict) } = verdict;
  await outbox.publish(modelJudged, {
    model,
    version,
    ...(runId === undefined ? {} : { runId }),
    champion,
    decision,
    reasons,
    comparison,
    verdict: paths.verdict(model, version),
    report: paths.verdictReport(model, version),
  });
  if (decision === "promote") await outbox.send(deployModel, { model, version, cause: "verdict" });
}
