import type { Run } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import type { Runner } from "../runner.ts";
import { moveRun } from "../stores.ts";
import type { Look } from "./conclude.ts";
import { concludeRun } from "./conclude-run.ts";
import { type EndOfJob, endedAtOf, endingOf } from "./ending.ts";
import { readOutput, takeOver } from "./run-output.ts";

/**
 * Writes down how a run has ended, which is so from then on, and sees to all that follows from it.
 */
export async function endRun(
  runner: Runner,
  run: Run,
  conclusion: EndOfJob,
  { doneAt, now }: Pick<Look, "doneAt" | "now">,
  delivery: Delivery,
): Promise<void> {
  await takeOver(runner.stores, run.runId);
  const output = await readOutput(runner.stores, run.runId);
  const end = endingOf(conclusion, output);
  const at = endedAtOf(run, doneAt ?? now);
  const { run: ended } = await moveRun(runner.stores, { kind: "end", run, end, at });
  const { status, failure } = ended;
  delivery.log.info(`ended: ${status}`, failure === undefined ? {} : { reason: failure });
  await concludeRun(runner, ended, delivery);
}
