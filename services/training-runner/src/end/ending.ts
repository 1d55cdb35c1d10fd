import type { Run } from "@ratchet/contracts";
import type { RunEnd } from "../run.ts";
import type { Conclusion } from "./conclude.ts";
import { lastLines } from "./run-log.ts";
import type { RunOutput } from "./run-output.ts";

/** The conclusions by which a job has come to its end. */
export type EndOfJob = Extract<Conclusion, { readonly kind: "completed" | "ended" | "overdue" }>;

/** How a run ends, by what became of its job and what it has left. */
export function endingOf(conclusion: EndOfJob, { hasModel, log }: RunOutput): RunEnd {
  const because = (why: string) => (log ? `${why}\nThe last of its output:\n${lastLines(log)}` : why);
  switch (conclusion.kind) {
    case "completed": {
      if (hasModel) return { status: "completed" };
      const why = "the command ended well but wrote no model.onnx into the folder given by --out";
      return { status: "failed", failure: because(why) };
    }
    case "ended":
      return { status: conclusion.status, failure: because(conclusion.reason) };
    case "overdue":
      return { status: "timed-out", failure: because(conclusion.reason) };
  }
}

/** When a run ended. Storage tells times to the second: a run must not seem to have ended before it began. */
export const endedAtOf = (
  { startedAt, submittedAt, claimedAt }: Pick<Run, "startedAt" | "submittedAt" | "claimedAt">,
  at: Date,
): string => [at.toISOString(), startedAt ?? submittedAt ?? claimedAt].sort().at(-1) ?? at.toISOString();
