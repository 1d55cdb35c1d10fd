import type { Run } from "@ratchet/contracts";
import type { RunEnd } from "../run/run-events.ts";
import type { Conclusion } from "./conclude.ts";
import { lastLines } from "./run-log.ts";
import type { RunOutput } from "./run-output.ts";

/** The conclusions by which a job has come to its end. */
export type EndOfJob = Extract<Conclusion, { readonly kind: "completed" | "ended" }>;

/** How a run ends, by what became of its job and what it has left. */
export function endingOf(conclusion: EndOfJob, { hasModel, votedToDeploy, log, failedRank }: RunOutput): RunEnd {
  const said = [
    ...(log ? [`The last of its output:\n${lastLines(log)}`] : []),
    ...(failedRank
      ? [`The last of what rank ${failedRank.rank} printed, which failed:\n${lastLines(failedRank.log)}`]
      : []),
  ];
  const because = (why: string) => [why, ...said].join("\n");
  if (conclusion.kind === "ended") return { status: conclusion.status, failure: because(conclusion.reason) };
  if (hasModel) return { status: "completed", votedToDeploy };
  const why = "the command ended well but wrote no model.onnx into the folder given by --out";
  return { status: "failed", failure: because(why) };
}

/** When a run ended. Storage tells times to the second: a run must not seem to have ended before it began. */
export const endedAtOf = (
  { startedAt, submittedAt, claimedAt }: Pick<Run, "startedAt" | "submittedAt" | "claimedAt">,
  at: Date,
): string => [at.toISOString(), startedAt ?? submittedAt ?? claimedAt].sort().at(-1) ?? at.toISOString();
