import type { ServiceName } from "./topology.ts";

/** Every setting that a Ratchet service reads from its environment, and nothing else. Infrastructure sets exactly these. */
export const settings = {
  ServiceBus__fullyQualifiedNamespace: "Host name of the Service Bus namespace, e.g. ratchet.servicebus.windows.net.",
  STORAGE_BLOB_ENDPOINT: "Blob endpoint of the data account, e.g. https://ratchet.blob.core.windows.net.",
  EVENT_GRID_TOPIC_ENDPOINT:
    "Endpoint of the topic `ratchet`, e.g. https://ratchet.westeurope-1.eventgrid.azure.net/api/events.",
  AZURE_RESOURCE_MANAGER_ENDPOINT: "Azure Resource Manager, https://management.azure.com in the public cloud.",
  AZURE_SUBSCRIPTION_ID: "The subscription that holds the workspace and the inference apps.",
  AZURE_RESOURCE_GROUP: "The resource group that holds the workspace and the inference apps.",
  AZURE_ML_WORKSPACE: "Name of the Azure ML workspace.",
} as const;

export type SettingName = keyof typeof settings;

const messagingSettings = [
  "ServiceBus__fullyQualifiedNamespace",
  "STORAGE_BLOB_ENDPOINT",
  "EVENT_GRID_TOPIC_ENDPOINT",
] as const satisfies readonly SettingName[];

const resourceSettings = [
  "AZURE_RESOURCE_MANAGER_ENDPOINT",
  "AZURE_SUBSCRIPTION_ID",
  "AZURE_RESOURCE_GROUP",
] as const satisfies readonly SettingName[];

/** Which service reads which settings. */
export const serviceSettings = {
  "data-watcher": messagingSettings,
  "training-runner": [...messagingSettings, ...resourceSettings, "AZURE_ML_WORKSPACE"],
  evaluator: messagingSettings,
  deployer: [...messagingSettings, ...resourceSettings],
  console: messagingSettings,
} as const satisfies Record<ServiceName, readonly SettingName[]>;

export type SettingsOf<Service extends ServiceName> = Readonly<
  Record<(typeof serviceSettings)[Service][number], string>
>;

/** A setting that a service needs is not there. Configuration is wrong: trying again cannot help. */
export class MissingSettingsError extends Error {
  override readonly name = "MissingSettingsError";
  readonly missing: readonly SettingName[];

  constructor(service: ServiceName, missing: readonly SettingName[]) {
    const list = missing.map((name) => `${name} (${settings[name]})`).join("; ");
    super(`${service} cannot start: set ${list} in its app settings.`);
    this.missing = missing;
  }
}

/**
 * The settings of a service, read from its environment.
 * @throws {MissingSettingsError} naming every setting that is absent or empty.
 */
export function readSettings<Service extends ServiceName>(
  service: Service,
  environment: Readonly<Record<string, string | undefined>>,
): SettingsOf<Service> {
  const names: readonly SettingName[] = serviceSettings[service];
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) throw new MissingSettingsError(service, missing);
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? ""])) as SettingsOf<Service>;
}
