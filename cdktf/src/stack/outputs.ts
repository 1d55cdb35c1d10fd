import { type DeploymentSetting, type SettingsTable, settings } from "@ratchet/contracts";

/** Where people and clients call. */
const places = {
  RATCHET_EVENT_TOPIC: "the topic's name, for `ratchet subscribe --topic`",
  RATCHET_CONSOLE_ENDPOINT: "the console",
  RATCHET_INFERENCE_ENDPOINTS: "where each model answers: a JSON object, model to address",
} as const;

export type Outputs = Readonly<Record<DeploymentSetting | keyof typeof places, string>>;

/**
 * What `ratchet` reads to talk to a deployment, as environment variables of the same names, with what each is: the
 * settings that are for people too, and places. A service's own setting is not among them.
 */
export function outputsOf(table: SettingsTable = settings): Readonly<Record<string, string>> {
  const told = Object.entries(table).flatMap(([name, setting]) =>
    setting.from === "infrastructure" && setting.deploymentOutput ? [[name, setting.description] as const] : [],
  );
  return { ...Object.fromEntries(told), ...places };
}
