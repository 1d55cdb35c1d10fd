import { startService } from "@ratchet/messaging";
import { openInProcess, raceInProcess } from "@ratchet/scoring";
import { openRegistry } from "./gateways/registry.ts";
import { register } from "./register.ts";

const service = startService("evaluator");

/** Bundled beside this file, or its source. */
const scoringProcess = new URL(
  import.meta.url.endsWith(".ts") ? "./scoring-process.ts" : "./scoring-process.cjs",
  import.meta.url,
);

const address = {
  resourceManager: service.settings.AZURE_RESOURCE_MANAGER_ENDPOINT,
  subscriptionId: service.settings.AZURE_SUBSCRIPTION_ID,
  resourceGroup: service.settings.AZURE_RESOURCE_GROUP,
  workspace: service.settings.AZURE_ML_WORKSPACE,
};

const processes = {
  file: scoringProcess,
  onUnlimited: () => console.warn("models are scored without a limit of memory: only Linux with prlimit can set one"),
};

register(service, {
  stores: service,
  openModel: openInProcess(processes),
  raceModels: raceInProcess(processes),
  outbox: service.outbox,
  registry: openRegistry(address, service.credential),
});
