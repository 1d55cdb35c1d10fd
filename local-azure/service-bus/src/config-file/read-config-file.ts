import { readFile } from "node:fs/promises";
import type { NewSubscription, NewTopic, Topology } from "../topology.ts";
import { ConfigFileError, itemsOf, membersOf, nameOf, type Place, textAt } from "./place.ts";
import { ruleAt } from "./rules.ts";
import { queueSettings, subscriptionSettings, topicSettings } from "./settings.ts";

/**
 * Reads the `Config.json` of Microsoft's Service Bus emulator. Its quotas (50 entities, one hour to live …) do not
 * apply here; names that it does not know are refused rather than passed over.
 * Format: https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator
 * @throws {ConfigFileError} when something else stands at a place than should.
 */
export const readConfigFile = async (file: string): Promise<Topology> => {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new ConfigFileError({ file, path: "" }, "a file that can be read", errorText(error));
  }
  return parseConfig(text, file);
};

/**
 * The entities that the text of a `Config.json` describes; `file` is for the messages of errors.
 * @throws {ConfigFileError} when the text is no JSON, or something else stands at a place than should.
 */
export const parseConfig = (text: string, file: string): Topology => {
  const { UserConfig } = membersOf({ file, path: "", value: parseJson(text, file) }, ["$schema", "UserConfig"]);
  const { Namespaces } = membersOf(UserConfig, ["Namespaces", "Logging"]);
  const [namespace, second] = itemsOf(Namespaces);
  if (namespace === undefined) throw new ConfigFileError(Namespaces, "a list of one namespace", "none");
  if (second !== undefined) throw new ConfigFileError(second, "one namespace only", "another");
  const { Queues, Topics } = membersOf(namespace, ["Name", "Queues", "Topics"]);
  const queues = itemsOf(Queues).map(queueAt);
  const topics = itemsOf(Topics).map(topicAt);
  requireUnique([...itemsOf(Queues), ...itemsOf(Topics)]);
  return { queues, topics };
};

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\u{feff}/u, ""));
  } catch (error) {
    throw new ConfigFileError({ file, path: "" }, "JSON", errorText(error));
  }
};

const queueAt = (place: Place) => {
  const { Name, Properties } = membersOf(place, ["Name", "Properties"]);
  return { ...queueSettings(Properties), name: textAt(Name, "the name of the queue") };
};

const topicAt = (
  place: Place,
): NewTopic & { readonly subscriptions: readonly Omit<NewSubscription, "topicName">[] } => {
  const { Name, Properties, Subscriptions } = membersOf(place, ["Name", "Properties", "Subscriptions"]);
  const name = textAt(Name, "the name of the topic");
  const subscriptions = itemsOf(Subscriptions).map(subscriptionAt);
  requireUnique(itemsOf(Subscriptions));
  return { ...topicSettings(Properties), name, subscriptions };
};

const subscriptionAt = (place: Place): Omit<NewSubscription, "topicName"> => {
  const { Name, Properties, Rules } = membersOf(place, ["Name", "Properties", "Rules"]);
  const subscriptionName = textAt(Name, "the name of the subscription");
  const rules = itemsOf(Rules).map(ruleAt);
  requireUnique(itemsOf(Rules));
  return { ...subscriptionSettings(Properties), subscriptionName, ...(rules.length > 0 && { rules }) };
};

/** Names are compared without regard to case. */
const requireUnique = (named: readonly Place[]): void => {
  const seen = new Set<string>();
  for (const place of named.map(nameOf)) {
    const name = textAt(place).toLowerCase();
    if (seen.has(name)) throw new ConfigFileError(place, "a name that no other has", `"${place.value}" again`);
    seen.add(name);
  }
};

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
