import { type DeployModel, evaluateModel, paths, type Release, type Verdict } from "@ratchet/contracts";
import type { Delivery, Outbox } from "@ratchet/messaging";
import { readChampion, readDefinition } from "@ratchet/state";
import { announcePromotion, announceRollback } from "./announce.ts";
import { findCode } from "./code/inference-code.ts";
import type { Deployer } from "./deployer.ts";
import { makePackage } from "./package/make-package.ts";
import type { Package } from "./package/package.ts";
import { type DeploymentFacts, planDeployment, type ScoredVerdict } from "./plan.ts";
import { putIntoProduction, VerificationError } from "./production/put-into-production.ts";
import { moveChampion, readVerdict, type Stores } from "./stores.ts";

async function gatherFacts(stores: Stores, { id, data: command }: DeployModel): Promise<DeploymentFacts> {
  const { model, version } = command;
  return {
    id,
    command,
    pointer: await readChampion(stores, model),
    code: command.code ?? (await findCode(stores)),
    verdict: await readVerdict(stores, model, version),
  };
}

/** Two challengers were judged close together, and one has become champion: the other is compared with it. */
async function judgeAgain(outbox: Outbox, { model, version, runId, onnx, trainedOn }: Verdict): Promise<void> {
  const { container, path } = onnx;
  await outbox.send(evaluateModel, {
    model,
    version,
    ...(runId === undefined ? {} : { runId }),
    onnx: { container, path },
    trainedOn,
    // A verdict that promotes had the run's vote, where the gate asks for one.
    votedToDeploy: true,
  });
}

/** What is written down of a release that serves. */
function releaseOf({ model, version, runId, trainedOn, onnx }: Verdict, made: Package, id: string, now: Date): Release {
  return {
    version,
    code: made.manifest.code,
    package: made.sha256,
    ...(runId === undefined ? {} : { runId }),
    trainedOn,
    onnx: { container: onnx.container, path: onnx.path },
    verdict: paths.verdict(model, version),
    promotedAt: now.toISOString(),
    cause: id,
  };
}

/** Makes a release, gives it the traffic, records it as champion and says so. */
async function promote(
  { stores, appService, inferenceApp, patience }: Deployer,
  { id, command, pointer, code }: DeploymentFacts,
  verdict: ScoredVerdict,
  { now, log, outbox }: Delivery,
): Promise<void> {
  const { model } = command;
  const { definition } = await readDefinition(stores, model);
  const { app } = definition.deploy;
  const made = await makePackage(stores, verdict, code);

  const site = { app, appService, inferenceApp, patience, log: log.with({ app, code, run: verdict.runId }) };
  const endpoint = await putIntoProduction(site, made).catch(async (error: unknown) => {
    // Swapped out again: everybody hears of it, and the message fails.
    if (error instanceof VerificationError && error.restored && pointer)
      await announceRollback(outbox, pointer, {
        from: made.manifest,
        to: error.restored,
        cause: "verification-failed",
        reason: error.why,
      });
    throw error;
  });

  const release = releaseOf(verdict, made, id, now);
  const moved = await moveChampion(stores, { kind: "promote", model, release, endpoint, over: pointer?.champion });
  await announcePromotion(outbox, moved, command);
}

/**
 * Puts a release into production and says so. Delivered again it goes on where it was left, and when all is done only
 * says so again, as the same event.
 * @throws {RefusedDeploymentError} when it must not be deployed.
 * @throws {NoInferenceCodeError} when there is no code to deploy it with.
 * @throws {MissingFileError} when one of its parts is not there, or is another.
 * @throws {StagingError} when it does not serve from staging as it should.
 * @throws {VerificationError} when it does not serve from production as it should.
 * @throws {PointerMovedError} when another release became champion meanwhile.
 */
export async function deployRelease(deployer: Deployer, message: DeployModel, delivery: Delivery): Promise<void> {
  const { log, outbox } = delivery;
  const facts = await gatherFacts(deployer.stores, message);
  const plan = planDeployment(facts);
  switch (plan.kind) {
    case "nothing":
      return log.info(plan.why);
    case "say-again":
      return announcePromotion(outbox, plan.pointer, facts.command);
    case "judge-again":
      log.info(`${plan.why}: it is judged again`);
      return judgeAgain(outbox, plan.verdict);
    case "deploy":
      return promote(deployer, facts, plan.verdict, delivery);
  }
}
