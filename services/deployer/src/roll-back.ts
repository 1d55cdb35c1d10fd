import { paths, type RollBackModel } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { readChampion, readDefinition } from "@ratchet/state";
import { announceRollback } from "./announce.ts";
import type { Deployer } from "./deployer.ts";
import { openPackage } from "./package/package.ts";
import { planRollback } from "./plan.ts";
import { putIntoProduction } from "./production/put-into-production.ts";
import { moveChampion, readExact } from "./stores.ts";

/**
 * Puts the release before the champion back into production: by a swap where it still waits in staging, else by
 * publishing its package again. The champion is withdrawn: a verdict alone does not bring it back.
 * @throws {NothingToRollBackError} when no release before the champion is there.
 * @throws {StaleRollbackError} when another release serves than the command names.
 * @throws {MissingFileError} when the package is not there, or is another.
 * @throws {StagingError} when the release does not serve from staging as it should.
 * @throws {VerificationError} when it does not serve from production as it should.
 * @throws {PointerMovedError} when another release became champion meanwhile.
 */
export async function rollBack(
  { stores, appService, inferenceApp, patience }: Deployer,
  { id, data: command }: RollBackModel,
  { log, outbox }: Delivery,
): Promise<void> {
  const { model, reason } = command;
  const { kind, from, to, pointer } = planRollback(id, command, await readChampion(stores, model));
  const rollback = { from, to, cause: "request", reason } as const;
  if (kind === "say-again") return announceRollback(outbox, pointer, rollback);

  const { definition } = await readDefinition(stores, model);
  const { app } = definition.deploy;
  const kept = { container: "packages", path: paths.package(to.package), sha256: to.package };
  const release = openPackage(await readExact(stores, kept));
  const about = log.with({ app, version: to.version, code: to.code, run: to.runId });
  await putIntoProduction({ app, appService, inferenceApp, patience, log: about }, release);
  const moved = await moveChampion(stores, { kind: "roll-back", model, from, to, cause: id });
  await announceRollback(outbox, moved, rollback);
}
