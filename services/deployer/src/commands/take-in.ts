import type { Wish } from "@ratchet/contracts";
import type { Deployer } from "../deployer.ts";
import { hasEnded } from "../deployment/deployment.ts";
import { askForCode } from "./ask-for-code.ts";
import { askForRelease } from "./ask-for-release.ts";
import { askForRollback } from "./ask-for-rollback.ts";
import { type Asked, ask } from "./asked.ts";
import { goOn, isUnderWay, letWait } from "./intend.ts";
import type { ReleaseWish } from "./plan.ts";

const isForRelease = (wish: Wish): wish is ReleaseWish =>
  (wish.kind === "promote" || wish.kind === "force") && wish.version !== undefined;

/**
 * Takes in what is wanted of an app: writes down the intent and sends the first step, or has it wait for what is under way, or
 * refuses it. Nothing outside is touched. Delivered again, it goes on with what was begun.
 * @throws {UnknownModelError} when no model of that name is applied.
 * @throws {RefusedDeploymentError} when it must not be deployed, or the app belongs to another model.
 * @throws {RecordMovedError} when another deployment has begun or ended meanwhile; deciding anew helps.
 * @throws {TooManyWaitingError} when no more can wait.
 */
export async function takeIn(deployer: Deployer, wish: Wish, delivery: Asked["delivery"]): Promise<void> {
  const asked = await ask(deployer, wish, delivery);
  if (isUnderWay(asked)) return goOn(asked);
  if (asked.record && !hasEnded(asked.record)) return letWait(asked);
  if (isForRelease(wish)) return askForRelease(asked, wish);
  if (wish.kind === "code") return askForCode(asked);
  if (wish.kind === "roll-back") return askForRollback(asked);
  // What production lacks is found again by the sweep.
  delivery.log.info(`nothing is to be done about a wish to ${wish.kind}`);
}
