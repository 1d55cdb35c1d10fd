import type { SettingName } from "@ratchet/contracts";

/**
 * What `ratchet` reads to talk to a deployment, as environment variables of the same names: the settings that the
 * services read, and where people and clients call.
 */
export const outputs = {
  ServiceBus__fullyQualifiedNamespace: "Service Bus, for dead letters and replay",
  STORAGE_BLOB_ENDPOINT: "the data account, for drops and definitions",
  EVENT_GRID_TOPIC_ENDPOINT: "the topic `ratchet`",
  AZURE_RESOURCE_MANAGER_ENDPOINT: "Azure Resource Manager",
  AZURE_SUBSCRIPTION_ID: "the subscription of the deployment",
  AZURE_RESOURCE_GROUP: "the resource group of the deployment",
  AZURE_ML_WORKSPACE: "the Azure ML workspace",
  RATCHET_EVENT_TOPIC: "the topic's name, for `ratchet subscribe --topic`",
  RATCHET_CONSOLE_ENDPOINT: "the console",
  RATCHET_INFERENCE_ENDPOINTS: "where each model answers: a JSON object, model to address",
} as const satisfies Record<SettingName, string> & Record<`RATCHET_${string}`, string>;

export type OutputName = keyof typeof outputs;

export type Outputs = Readonly<Record<OutputName, string>>;
