import { checkRun, type Run } from "@ratchet/contracts";
import { type Runner, voiceOf } from "../runner.ts";
import { moveRun } from "../stores.ts";
import { isConcluded } from "./run-events.ts";

/** What leads to a look at a run, and may move it on. */
export interface Asker {
  /** The id of the message, or the name of the occasion. */
  readonly by: string;
  /** The number of the look, where it is the run's own. */
  readonly look?: number | undefined;
  /** Whether it asks for training that nobody has asked for before: where that cannot be done for good, it fails. */
  readonly isNewWish?: boolean;
}

/** Sends the run's next look. Its number makes it one message, however often it is sent. */
export async function sendLook(runner: Runner, run: Run): Promise<void> {
  const { model, runId, look, lookAt } = run;
  if (look === undefined || lookAt === undefined) return;
  await voiceOf(runner, run).send(checkRun, { model, runId, look }, { notBefore: new Date(lookAt) });
}

/**
 * Sees to it that a run is looked at again, and gives its record. The message goes out where this look has set the next
 * one; and where a former delivery of this very look has, which may have ended before it was sent.
 */
export async function lookAgain(
  runner: Runner,
  run: Run,
  { look: asker }: Asker,
  { now, until, seen }: { readonly now: Date; readonly until: Date; readonly seen?: "missing" | "waiting" | "running" },
): Promise<Run> {
  const step = { kind: "look", at: now.toISOString(), until: until.toISOString(), asker } as const;
  const { events, run: after } = await moveRun(runner.stores, { run, ...step, ...(seen ? { seen } : {}) });
  const isSet = events.some(({ kind }) => kind === "look-set");
  const wasSet = asker !== undefined && after.look === asker + 1 && !isConcluded(after);
  if (isSet || wasSet) await sendLook(runner, after);
  return after;
}
