import { readChampion } from "@ratchet/state";
import { readKeptPackage } from "../package/kept-package.ts";
import type { Asked } from "./asked.ts";
import { intend } from "./intend.ts";
import { planRollback } from "./plan.ts";

/**
 * The release before the champion is wanted again: by a swap where it still waits in staging, else by publishing its package again.
 * The champion is withdrawn, and the model is frozen.
 * @throws {NothingToRollBackError} when no release before the champion is there.
 * @throws {StaleRollbackError} when another release serves than the wish names.
 * @throws {MissingFileError} when the package is not there, or is another.
 */
export async function askForRollback(asked: Asked): Promise<void> {
  const { deployer, wish, delivery } = asked;
  const plan = planRollback(wish, await readChampion(deployer.stores, wish.model));
  if (plan.kind === "nothing") return delivery.log.info(plan.why);
  const { from, to } = plan;
  const { manifest } = await readKeptPackage(deployer.stores, to.package);
  const onnx = { ...to.onnx, sha256: manifest.onnx };
  await intend(asked, { release: { ...to, onnx, cause: wish.id }, former: from });
}
