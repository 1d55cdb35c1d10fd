import type { Sweep } from "@ratchet/messaging";
import { markedAtLeast, type OpenMark } from "@ratchet/state";
import type { Deployer } from "../deployer.ts";
import { askForStep } from "../deployment/send-next.ts";
import { readDeployment } from "../stores.ts";

/** A deployment's step is sent by the sweep where nobody has taken it for so long after its time, in milliseconds. */
export const overdueAfter = 30_000;

/** Sends the step of a deployment that nobody looks at; takes the mark away of one that is long closed. */
export async function lookAtOpen({ stores }: Deployer, mark: OpenMark, { now, log, outbox }: Sweep): Promise<void> {
  const record = await readDeployment(stores, mark.key);
  if (record?.lookAt === undefined) {
    if (now.getTime() - mark.markedAt.getTime() >= markedAtLeast) await mark.unmark();
    return;
  }
  if (now.getTime() - Date.parse(record.lookAt) < overdueAfter) return;
  log.warn("nobody looks at a deployment: its step is sent again", { app: record.app, state: record.state });
  await askForStep(outbox, record);
}
