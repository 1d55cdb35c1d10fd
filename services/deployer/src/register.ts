import { azureEvents, deployModel, rollBackModel } from "@ratchet/contracts";
import { type Functions, on, onEvent } from "@ratchet/messaging";
import { followCodeRelease } from "./code/follow-code-release.ts";
import { deployRelease } from "./deploy-release.ts";
import type { Deployer } from "./deployer.ts";
import { rollBack } from "./roll-back.ts";

/** What the deployer does, and when. */
export function register(functions: Functions<"deployer">, deployer: Deployer): void {
  functions.receive("deploy-model", [
    on(deployModel, (message, delivery) => deployRelease(deployer, message, delivery)),
    on(rollBackModel, (message, delivery) => rollBack(deployer, message, delivery)),
  ]);

  functions.receive("code-released", [
    onEvent([azureEvents.blobCreated], (event, delivery) => followCodeRelease(deployer, event, delivery)),
  ]);
}
