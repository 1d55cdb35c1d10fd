import type { AdvanceDeployment, DeploymentRecord } from "@ratchet/contracts";
import { type Delivery, sayStuck } from "@ratchet/messaging";
import { takeIn } from "../commands/take-in.ts";
import type { Deployer } from "../deployer.ts";
import { readDeployment } from "../stores.ts";
import { failureOf } from "./failures.ts";
import { look } from "./look.ts";
import { nextStep } from "./next-step.ts";
import { remedyOf } from "./remedy.ts";
import { sendNext } from "./send-next.ts";
import { takeStep } from "./take-step.ts";

/**
 * Says that a deployment has failed, once what is left of it has its message: whoever asked gets the message back.
 * @throws {StagingError} when production was not touched.
 * @throws {VerificationError} when it was.
 */
async function sayFailure({ outbox }: Deployer, record: DeploymentRecord): Promise<void> {
  const { model, app, command, state, since, why = "no reason was written down", failed } = record;
  if (command.kind !== "restore") throw failureOf(failed?.state ?? state, why);
  const remedy = `${remedyOf({ ...record, state: "intended" })}; it is tried again every quarter of an hour`;
  await sayStuck(outbox, { model, process: "deployment", about: app, state, since, reason: why, remedy });
}

/** Takes the step that is next, and sends the message of the one after it. */
async function takeNext(deployer: Deployer, record: DeploymentRecord, { now, log }: Delivery): Promise<void> {
  const { stores } = deployer;
  const { app, release, command } = record;
  const about = log.with({ app, version: release.version, code: release.code, run: release.runId });
  const step = nextStep(record, await look(deployer, record), now, deployer.limits);
  // Where somebody else was quicker, or a write has worked that looked as if it had not, the record knows how it stands.
  const after = (await takeStep({ deployer, record, now, log: about }, step)) ?? (await readDeployment(stores, app));
  if (after?.command.id !== command.id) return;
  await sendNext(deployer, after, now);
  if (after.state === "failed" && after.failed?.step === record.step) await sayFailure(deployer, after);
}

/**
 * Takes one step of a deployment. Delivered again, late or twice, it does nothing but see to it that the next step has its message.
 * The message of a step that has failed, replayed, tries the deployment again.
 * @throws {StagingError} when the release does not serve from staging as it should; production was not touched.
 * @throws {VerificationError} when it does not serve from production as it should; the former one serves again, where there was one.
 */
export async function advanceDeployment(
  deployer: Deployer,
  { data: { app, deployment, step } }: AdvanceDeployment,
  delivery: Delivery,
): Promise<void> {
  const record = await readDeployment(deployer.stores, app);
  if (record?.command.id !== deployment) return delivery.log.info("another deployment has taken its place", { app });
  if (record.step === step) return takeNext(deployer, record, delivery);
  const hasFailedHere = record.state === "failed" && record.failed?.step === step;
  if (hasFailedHere && record.lookAt === undefined) return takeIn(deployer, record.command, delivery);
  if (record.step === step + 1) await sendNext(deployer, record, delivery.now);
  if (hasFailedHere) await sayFailure(deployer, record);
}
