import { startService } from "@ratchet/messaging";
import { openRegistry } from "./gateways/registry.ts";
import { register } from "./register.ts";
import { openModel } from "./scoring/onnx-model.ts";

const service = startService("evaluator");

const address = {
  resourceManager: service.settings.AZURE_RESOURCE_MANAGER_ENDPOINT,
  subscriptionId: service.settings.AZURE_SUBSCRIPTION_ID,
  resourceGroup: service.settings.AZURE_RESOURCE_GROUP,
  workspace: service.settings.AZURE_ML_WORKSPACE,
};

register(service, {
  stores: service,
  openModel,
  outbox: service.outbox,
  registry: openRegistry(address, service.credential),
});
