import {
  type ChampionPointer,
  type DeploymentRecord,
  deployModel,
  messageIdOf,
  paths,
  productionDrifted,
} from "@ratchet/contracts";
import type { Sweep } from "@ratchet/messaging";
import { readChampion, readDefinition, UnknownModelError } from "@ratchet/state";
import { needsCode } from "../code/needs-code.ts";
import { mustBelongTo } from "../commands/belonging.ts";
import { intend, wishOf } from "../commands/intend.ts";
import type { Deployer } from "../deployer.ts";
import { hasEnded } from "../deployment/deployment.ts";
import { serves, wordsOf } from "../deployment/goal.ts";
import { keptEvent } from "../deployment/kept-event.ts";
import type { Serving } from "../gateways/inference-app.ts";
import { readKeptPackage } from "../package/kept-package.ts";
import { readSlots } from "../production/slots.ts";
import { moveChampion, readCurrentCode, readDeployment } from "../stores.ts";

async function appOf({ stores }: Deployer, model: string): Promise<string | undefined> {
  try {
    return (await readDefinition(stores, model)).definition.deploy.app;
  } catch (error) {
    if (error instanceof UnknownModelError) return undefined;
    throw error;
  }
}

/** Pointers from before digests were kept get them from the packages. */
async function learnModels({ stores }: Deployer, { model, champion, previous }: ChampionPointer): Promise<void> {
  for (const release of [champion, previous]) {
    if (!release || release.onnx.sha256 !== undefined) continue;
    const { manifest } = await readKeptPackage(stores, release.package);
    await moveChampion(stores, { kind: "know", model, package: release.package, onnx: manifest.onnx });
  }
}

/** Whether the champion was tried to be put back, and that failed, a short while ago. */
function wasTried(
  record: DeploymentRecord | undefined,
  { champion }: ChampionPointer,
  now: Date,
  restoreAgain: number,
) {
  if (record?.state !== "failed" || record.release.package !== champion.package) return false;
  return now.getTime() - Date.parse(record.since) < restoreAgain;
}

/** Production lacks its champion, and nobody is about to change it: the champion is deployed again, and everybody hears of it. */
async function restore(
  deployer: Deployer,
  app: string,
  pointer: ChampionPointer,
  record: DeploymentRecord | undefined,
  production: Serving,
  { now, log, outbox }: Sweep,
): Promise<void> {
  const { model, champion } = pointer;
  const { version, code } = champion;
  log.error("production does not serve the champion: it is deployed again", {
    app,
    model,
    version,
    found: wordsOf(production),
  });
  const id = messageIdOf("restore", app, now.toISOString());
  const serving = production.kind === "release" ? { version: production.version, code: production.code } : null;
  const drifted = keptEvent(productionDrifted, { model, app, version, code, serves: serving }, { cause: id, now });
  const wish = wishOf({ id }, { kind: "restore", model, version });
  await intend(
    { deployer, app, wish, record, delivery: { now, log, outbox } },
    { release: champion, former: null, events: [drifted] },
  );
}

/** Asks for the champion with current code; where it was asked in vain, not at every sweep. */
async function askForCode(
  { stores, outbox, limits }: Deployer,
  pointer: ChampionPointer,
  record: DeploymentRecord | undefined,
  { now, log }: Sweep,
): Promise<void> {
  const { model, champion } = pointer;
  const code = await readCurrentCode(stores);
  if (code === undefined || !needsCode(pointer, code, record)) return;
  if (!(await stores.blobs("releases").find(paths.codeRelease(code))))
    return log.error("the current inference code is not in the container releases any more", { model, code });
  const period = Math.floor(now.getTime() / limits.askAgain);
  await outbox({ cause: `code/${champion.package}/${code}/${period}`, time: now }).send(deployModel, {
    model,
    version: champion.version,
    cause: "code",
    code,
  });
}

/**
 * Looks at one champion: whether production serves it, whether its code is current, and whether it is known what model it is. Where
 * a deployment of its app is under way, that will tell.
 */
export async function lookAtChampion(deployer: Deployer, model: string, sweep: Sweep): Promise<void> {
  const { stores, limits } = deployer;
  const app = await appOf(deployer, model);
  if (app === undefined) return;
  // Read before the pointer and the slots: a deployment that begins meanwhile moves it, and then nothing is written.
  const record = await readDeployment(stores, app);
  if (record && !hasEnded(record)) return;
  const pointer = await readChampion(stores, model);
  if (!pointer) return;
  await mustBelongTo(deployer, app, model, record);
  await learnModels(deployer, pointer);
  const { champion } = pointer;
  const { production } = await readSlots(deployer, { app, model });
  if (production.kind !== "unknown" && !serves(production, champion)) {
    if (!wasTried(record, pointer, sweep.now, limits.restoreAgain))
      await restore(deployer, app, pointer, record, production, sweep);
    return;
  }
  await askForCode(deployer, pointer, record, sweep);
}
