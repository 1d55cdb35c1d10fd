import { blobOf, checkRun, type Envelope, eventText, paths } from "@ratchet/contracts";
import { modelOfRun } from "../run/run.ts";

/** Something that says a run may have ended. */
export interface RunSignal {
  readonly runId: string;
  /** Whether the run's command says itself that it is through: the workspace will say so too within seconds. */
  readonly done: boolean;
  /** How many looks there were, this one included, where it is the run's own scheduled look. */
  readonly look?: number;
}

const runSubject = /(?:^|\/)runs\/([^/]+)$/i;

/** The run whose `_DONE.json` was written. */
function runDone(event: Pick<Envelope, "subject">): string | undefined {
  const path = blobOf("outputs", event);
  const [runId = ""] = path?.split("/") ?? [];
  return path === paths.runDone(runId) ? runId : undefined;
}

/**
 * Reads what may tell of a run's end: the run's scheduled look, or an event of Azure: `_DONE.json` written, or a run of
 * Azure ML completed or changed.
 * @returns undefined for what is no run of Ratchet's.
 */
export function readRunSignal(message: Pick<Envelope, "subject" | "data">): RunSignal | undefined {
  if (checkRun.is(message)) return { runId: message.data.runId, done: false, look: message.data.look };
  const done = runDone(message);
  const runId = done ?? eventText(message.data, "runId") ?? runSubject.exec(message.subject)?.[1];
  if (runId === undefined || modelOfRun(runId) === undefined) return undefined;
  return { runId, done: done !== undefined };
}
