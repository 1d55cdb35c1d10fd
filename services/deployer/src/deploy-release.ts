import {
  type ChampionPointer,
  championPointer,
  type DeployModel,
  evaluateModel,
  modelPromoted,
  modelRolledBack,
  paths,
  type Release,
  type ReleaseManifest,
  type Verdict,
} from "@ratchet/contracts";
import { type Delivery, TransientError } from "@ratchet/messaging";
import type { AppService } from "./gateways/app-service.ts";
import { findCode } from "./inference-code.ts";
import { buildPackage, type Package } from "./package/build-package.ts";
import { planDeployment, promoted } from "./plan.ts";
import { type Patience, putIntoProduction, VerificationError } from "./put-into-production.ts";
import { keepPackage, readDefinition, readExact, readPointer, readVerdict, type Stores } from "./stores.ts";

export interface Deployer {
  readonly stores: Stores;
  readonly service: AppService;
  readonly patience: Patience;
}

/** The champion has changed since the deployment was decided. Deciding anew helps. */
export class PointerMovedError extends TransientError {
  override readonly name = "PointerMovedError";

  constructor(model: string) {
    super(`the champion of ${model} has changed in the meantime`);
  }
}

async function packageOf(
  stores: Stores,
  { model, version }: DeployModel["data"],
  code: string,
  { onnx, signature, golden }: Verdict,
): Promise<Package> {
  const manifest: ReleaseManifest = { model, version, code, onnx: onnx.sha256, signature, golden };
  const [bundle, weights] = await Promise.all([
    readExact(stores, "releases", paths.codeRelease(code), code),
    readExact(stores, onnx.container, onnx.path, onnx.sha256),
  ]);
  return buildPackage(bundle, weights, manifest);
}

async function announce(
  { model, champion, previous, endpoint }: ChampionPointer,
  { cause, reason }: DeployModel["data"],
  { outbox }: Delivery,
): Promise<void> {
  const { version, code, package: packageSha256, runId, verdict } = champion;
  await outbox.publish(modelPromoted, {
    model,
    version,
    code,
    package: packageSha256,
    ...(runId === undefined ? {} : { runId }),
    cause,
    ...(reason === undefined ? {} : { reason }),
    previous: previous && { version: previous.version, code: previous.code },
    endpoint,
    verdict,
  });
}

/** A release that failed in production was swapped out again: everybody hears of it, and the message fails. */
async function announceFailure(
  error: VerificationError,
  pointer: ChampionPointer | undefined,
  from: { readonly version: string; readonly code: string },
  { outbox }: Delivery,
): Promise<void> {
  if (!error.restored || !pointer) return;
  const { version, code } = error.restored;
  await outbox.publish(modelRolledBack, {
    model: pointer.model,
    version,
    code,
    from,
    cause: "verification-failed",
    reason: error.why,
    endpoint: pointer.endpoint,
  });
}

/** Two challengers were judged close together, and one has become champion: the other is compared with it. */
async function judgeAgain({ model, version, runId, onnx, trainedOn }: Verdict, { outbox }: Delivery): Promise<void> {
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

/**
 * Puts a release into production and says so. Delivered again it goes on where it was left, and when all is done only
 * says so again, as the same event.
 * @throws {RefusedDeploymentError}, {NoInferenceCodeError}, {MissingFileError}, {StagingError}, {VerificationError}
 */
export async function deployRelease(deployer: Deployer, message: DeployModel, delivery: Delivery): Promise<void> {
  const { data: command, id } = message;
  const { model, version } = command;
  const { stores, service, patience } = deployer;
  const { log, now } = delivery;
  const pointer = await readPointer(stores, model);
  const code = command.code ?? (await findCode(stores));
  const verdict = await readVerdict(stores, model, version);
  const plan = planDeployment({ id, command, pointer, verdict, code });
  if (plan.kind === "nothing") return log.info(plan.why);
  if (plan.kind === "say-again" && pointer) return announce(pointer, command, delivery);
  if (plan.kind === "judge-again") {
    log.info(`${plan.why}: it is judged again`);
    return judgeAgain(plan.verdict, delivery);
  }
  if (plan.kind !== "deploy") return;

  const { app } = (await readDefinition(stores, model)).deploy;
  const built = await packageOf(stores, command, code, plan.verdict);
  await keepPackage(stores, built);
  const { golden, signature, runId, trainedOn, onnx } = plan.verdict;
  const target = { model, version, code, golden, signature, package: () => Promise.resolve(built.bytes) };
  const endpoint = await putIntoProduction(target, { app, service, patience, log }).catch(async (error: unknown) => {
    if (error instanceof VerificationError) await announceFailure(error, pointer, { version, code }, delivery);
    throw error;
  });

  const champion: Release = {
    version,
    code,
    package: built.sha256,
    ...(runId === undefined ? {} : { runId }),
    trainedOn,
    onnx: { container: onnx.container, path: onnx.path },
    verdict: paths.verdict(model, version),
    promotedAt: now.toISOString(),
    cause: id,
  };
  const stored = await stores.documents("champions").update(paths.champion(model), championPointer.parse, (current) => {
    if (current?.champion.cause !== pointer?.champion.cause || current?.champion.package !== pointer?.champion.package)
      throw new PointerMovedError(model);
    return promoted(current, model, champion, endpoint);
  });
  if (stored) await announce(stored, command, delivery);
}
