import { type Invocation, type Sweep, sweepOncePerPeriod } from "@ratchet/messaging";
import { modelNames, readDefinition } from "@ratchet/state";
import type { Runner } from "../runner.ts";
import { removeData } from "./remove-data.ts";
import { removeOutputs, removeRuns } from "./remove-runs.ts";

/** How often it is seen to what need not be kept any longer, in milliseconds. */
const retentionEvery = 86_400_000;

/** What a run has written is looked at for so long after it was taken over, should anybody have to, in milliseconds. */
const outputsKept = 2 * 86_400_000;

async function sweepModel({ stores }: Runner, model: string, { now, log }: Sweep): Promise<void> {
  const { definition } = await readDefinition(stores, model);
  const { runs, data } = definition.retention;
  const before = (kept: number) => new Date(now.getTime() - kept);
  await removeOutputs(stores, model, before(outputsKept));
  if (runs !== undefined) await removeRuns(stores, model, before(runs), log);
  await removeData(stores, model, definition, before(data), log);
}

/**
 * Removes what the definitions of models do not ask to be kept any longer, once a day whatever the number of instances.
 * @throws {SweepError} when a model could not be seen to, after all were.
 */
export const sweepRetention = (runner: Runner, invocation: Pick<Invocation, "now" | "log">): Promise<void> =>
  sweepOncePerPeriod(
    {
      name: "retention",
      every: retentionEvery,
      documents: runner.stores.documents("training"),
      outbox: (occasion) => runner.outbox(occasion),
    },
    invocation,
    () => modelNames(runner.stores),
    (model, sweep) => sweepModel(runner, model, sweep),
  );
