import {
  type ChampionPointer,
  championPointer,
  modelRolledBack,
  paths,
  type Release,
  type RollBackModel,
  releaseManifest,
} from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { unzipSync } from "fflate";
import { type Deployer, PointerMovedError } from "./deploy-release.ts";
import { UnreadableZipError } from "./package/zip.ts";
import { planRollback, rolledBack } from "./plan.ts";
import { putIntoProduction } from "./put-into-production.ts";
import { readDefinition, readExact, readPointer } from "./stores.ts";

/** What a package says that it serves. */
function manifestIn(bytes: Uint8Array) {
  const path = "model/release.json";
  const entry = unzipSync(bytes, { filter: ({ name }) => name === path })[path];
  if (!entry) throw new UnreadableZipError(`the package has no ${path}`);
  return releaseManifest.parse(JSON.parse(Buffer.from(entry).toString("utf8")));
}

async function announce(
  { model, endpoint }: ChampionPointer,
  from: Release,
  to: Release,
  reason: string,
  { outbox }: Delivery,
): Promise<void> {
  await outbox.publish(modelRolledBack, {
    model,
    version: to.version,
    code: to.code,
    from: { version: from.version, code: from.code },
    cause: "request",
    reason,
    endpoint,
  });
}

/**
 * Puts the release before the champion back into production: by a swap where it still waits in staging, else by
 * publishing its package again. The champion is withdrawn: a verdict alone does not bring it back.
 * @throws {NothingToRollBackError}, {MissingFileError}, {StagingError}, {VerificationError}
 */
export async function rollBack(deployer: Deployer, message: RollBackModel, delivery: Delivery): Promise<void> {
  const { data: command, id } = message;
  const { model, reason } = command;
  const { stores, service, patience } = deployer;
  const { log } = delivery;
  const plan = planRollback(id, command, await readPointer(stores, model));
  const { from, to, pointer } = plan;
  if (plan.kind === "say-again") return announce(pointer, from, to, reason, delivery);

  const { app } = (await readDefinition(stores, model)).deploy;
  const bytes = await readExact(stores, "packages", paths.package(to.package), to.package);
  const { golden, signature } = manifestIn(bytes);
  const target = {
    model,
    version: to.version,
    code: to.code,
    golden,
    signature,
    package: () => Promise.resolve(bytes),
  };
  await putIntoProduction(target, { app, service, patience, log });
  const stored = await stores.documents("champions").update(paths.champion(model), championPointer.parse, (current) => {
    if (!current || current.champion.package !== from.package || current.previous?.package !== to.package)
      throw new PointerMovedError(model);
    return rolledBack(current, to, id);
  });
  if (stored) await announce(stored, from, to, reason, delivery);
}
