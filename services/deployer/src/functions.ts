import { startService } from "@ratchet/messaging";
import { defaultLimits } from "./deployment/limits.ts";
import { appService } from "./gateways/app-service.ts";
import { inferenceApp } from "./gateways/inference-app.ts";
import { register } from "./register.ts";

const service = startService("deployer");
const { AZURE_RESOURCE_MANAGER_ENDPOINT, AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, INFERENCE_AUDIENCE } =
  service.settings;
const { credential } = service;

register(service, {
  stores: service,
  outbox: service.outbox,
  appService: appService({
    endpoint: AZURE_RESOURCE_MANAGER_ENDPOINT,
    subscriptionId: AZURE_SUBSCRIPTION_ID,
    resourceGroup: AZURE_RESOURCE_GROUP,
    credential,
  }),
  inferenceApp: inferenceApp({ credential, audience: INFERENCE_AUDIENCE }),
  limits: defaultLimits,
});
