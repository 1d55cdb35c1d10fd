import {
  advanceDeployment as advanceCommand,
  azureEvents,
  deployModel,
  forceModel,
  freezeModel,
  rollBackModel,
  thawModel,
} from "@ratchet/contracts";
import { type Functions, on, onEvent } from "@ratchet/messaging";
import { followCodeRelease } from "./code/follow-code-release.ts";
import { freeze, thaw } from "./commands/freeze.ts";
import { deployRelease, forceRelease, rollBack } from "./commands/handlers.ts";
import type { Deployer } from "./deployer.ts";
import { advanceDeployment } from "./deployment/advance.ts";
import { sweepRetention } from "./retention/sweep-retention.ts";
import { sweep } from "./sweep/sweep.ts";

/** What the deployer does, and when. */
export function register(functions: Functions<"deployer">, deployer: Deployer): void {
  functions.receive("deploy-model", [
    on(deployModel, (message, delivery) => deployRelease(deployer, message, delivery)),
    on(advanceCommand, (message, delivery) => advanceDeployment(deployer, message, delivery)),
  ]);

  functions.receive("operate-model", [
    on(forceModel, (message, delivery) => forceRelease(deployer, message, delivery)),
    on(rollBackModel, (message, delivery) => rollBack(deployer, message, delivery)),
    on(freezeModel, (message, delivery) => freeze(deployer, message, delivery)),
    on(thawModel, (message, delivery) => thaw(deployer, message, delivery)),
  ]);

  functions.receive("code-released", [
    onEvent([azureEvents.blobCreated], (event, delivery) => followCodeRelease(deployer, event, delivery)),
  ]);

  functions.onSchedule("sweep", "0 * * * * *", (invocation) => sweep(deployer, invocation));
  // Each minute, so that a day is made up for that went by while nothing ran; once a day there is something to do.
  functions.onSchedule("sweep-retention", "0 * * * * *", (invocation) => sweepRetention(deployer, invocation));
}
