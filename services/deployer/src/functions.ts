import { azureEvents, deployModel, rollBackModel } from "@ratchet/contracts";
import { on, onEvent, startService } from "@ratchet/messaging";
import { followCodeRelease } from "./code/follow-code-release.ts";
import { deployRelease } from "./deploy-release.ts";
import type { Deployer } from "./deployer.ts";
import { appService } from "./gateways/app-service.ts";
import { defaultPatience } from "./production/patience.ts";
import { rollBack } from "./roll-back.ts";

const service = startService("deployer");
const { AZURE_RESOURCE_MANAGER_ENDPOINT, AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP } = service.settings;

const deployer: Deployer = {
  stores: service,
  appService: appService({
    endpoint: AZURE_RESOURCE_MANAGER_ENDPOINT,
    subscriptionId: AZURE_SUBSCRIPTION_ID,
    resourceGroup: AZURE_RESOURCE_GROUP,
    credential: service.credential,
  }),
  patience: defaultPatience,
};

service.receive("deploy-model", [
  on(deployModel, (message, delivery) => deployRelease(deployer, message, delivery)),
  on(rollBackModel, (message, delivery) => rollBack(deployer, message, delivery)),
]);

service.receive("code-released", [
  onEvent([azureEvents.blobCreated], (event, delivery) => followCodeRelease(deployer, event, delivery)),
]);
