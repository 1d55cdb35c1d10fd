import { startService } from "@ratchet/messaging";
import { appService } from "./gateways/app-service.ts";
import { inferenceApp } from "./gateways/inference-app.ts";
import { defaultPatience } from "./production/patience.ts";
import { register } from "./register.ts";

const service = startService("deployer");
const { AZURE_RESOURCE_MANAGER_ENDPOINT, AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP } = service.settings;

register(service, {
  stores: service,
  appService: appService({
    endpoint: AZURE_RESOURCE_MANAGER_ENDPOINT,
    subscriptionId: AZURE_SUBSCRIPTION_ID,
    resourceGroup: AZURE_RESOURCE_GROUP,
    credential: service.credential,
  }),
  inferenceApp,
  patience: defaultPatience,
});
