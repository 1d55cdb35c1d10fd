import { startService } from "@ratchet/messaging";
import { openWorkspace } from "./gateways/workspace.ts";
import { register } from "./register.ts";

const service = startService("training-runner");

const address = {
  resourceManager: service.settings.AZURE_RESOURCE_MANAGER_ENDPOINT,
  subscriptionId: service.settings.AZURE_SUBSCRIPTION_ID,
  resourceGroup: service.settings.AZURE_RESOURCE_GROUP,
  name: service.settings.AZURE_ML_WORKSPACE,
};

register(service, {
  stores: service,
  workspace: openWorkspace(address, service.credential),
  outbox: service.outbox,
});
