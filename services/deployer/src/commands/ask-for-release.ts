import { evaluateModel, paths, type Release, type Verdict } from "@ratchet/contracts";
import type { Outbox } from "@ratchet/messaging";
import { readChampion } from "@ratchet/state";
import { findCode } from "../code/inference-code.ts";
import { makePackage } from "../package/make-package.ts";
import type { Package } from "../package/package.ts";
import { moveChampion, readVerdict } from "../stores.ts";
import type { Asked } from "./asked.ts";
import { intend } from "./intend.ts";
import { planDeployment, type ReleaseWish } from "./plan.ts";

/** Has a challenger judged against the present champion. */
export async function judgeAgain(
  outbox: Outbox,
  { model, version, runId, onnx, dataset, trainedOn }: Verdict,
): Promise<void> {
  const { container, path } = onnx;
  await outbox.send(evaluateModel, {
    model,
    version,
    ...(runId === undefined ? {} : { runId }),
    onnx: { container, path },
    dataset,
    trainedOn,
    // A verdict that promotes had the run's vote, where the gate asks for one.
    votedToDeploy: true,
  });
}

/** A release as it will be written down once it serves. */
function releaseOf(
  { model, version, runId, dataset, trainedOn, onnx }: Verdict,
  made: Package,
  id: string,
  now: Date,
): Release {
  return {
    version,
    code: made.manifest.code,
    package: made.sha256,
    ...(runId === undefined ? {} : { runId }),
    dataset,
    trainedOn,
    onnx: { container: onnx.container, path: onnx.path, sha256: onnx.sha256 },
    verdict: paths.verdict(model, version),
    promotedAt: now.toISOString(),
    cause: id,
  };
}

/**
 * A judged version is wanted in production: by its verdict, or because an operator forces it.
 * @throws {RefusedDeploymentError} when it must not be deployed.
 * @throws {NoInferenceCodeError} when there is no code to deploy it with.
 * @throws {UnknownAppError} when there is no such app, or it has no staging slot.
 * @throws {MissingFileError} when one of its parts is not there, or is another.
 * @throws {PointerMovedError} when the model was thawed meanwhile; deciding anew helps.
 */
export async function askForRelease(asked: Asked, wish: ReleaseWish): Promise<void> {
  const { deployer, app, delivery } = asked;
  const { stores, appService } = deployer;
  const { now, log, outbox } = delivery;
  const { model, version } = wish;
  const pointer = await readChampion(stores, model);
  const code = wish.code ?? (await findCode(stores));
  const plan = planDeployment({ wish, pointer, code, verdict: await readVerdict(stores, model, version) });
  switch (plan.kind) {
    case "nothing":
      return log.info(plan.why);
    case "hold-back":
      await moveChampion(stores, { kind: "hold-back", model, version, now });
      return log.info(`${plan.why}; ${version} is held back, and judged again when the model is thawed`);
    case "judge-again":
      log.info(`${plan.why}: it is judged again`);
      return judgeAgain(outbox, plan.verdict);
    case "deploy": {
      // An app that is not there is said now, and to whoever asked.
      await appService.slot(app, "staging");
      const made = await makePackage(stores, plan.verdict, code);
      const release = releaseOf(plan.verdict, made, wish.id, now);
      await intend(asked, { release, former: pointer?.champion ?? null });
    }
  }
}
