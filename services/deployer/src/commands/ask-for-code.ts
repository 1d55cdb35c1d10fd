import { readChampion } from "@ratchet/state";
import { remakePackage } from "../package/make-package.ts";
import { readCurrentCode } from "../stores.ts";
import type { Asked } from "./asked.ts";
import { intend } from "./intend.ts";
import { planCode } from "./plan.ts";

/**
 * The champion is wanted with other code, and else as it is: its model is the one in its own package, whatever runs and verdicts say by
 * now.
 * @throws {MissingFileError} when the code or the champion's package is not there, or is another.
 */
export async function askForCode(asked: Asked): Promise<void> {
  const { deployer, wish, delivery } = asked;
  const { stores } = deployer;
  const pointer = await readChampion(stores, wish.model);
  const plan = planCode({ wish, pointer, current: await readCurrentCode(stores) });
  if (plan.kind === "nothing") return delivery.log.info(plan.why);
  const { champion, code } = plan;
  const made = await remakePackage(stores, champion.package, code);
  const onnx = { ...champion.onnx, sha256: made.manifest.onnx };
  await intend(asked, {
    release: { ...champion, code, package: made.sha256, onnx, cause: wish.id },
    former: champion,
  });
}
