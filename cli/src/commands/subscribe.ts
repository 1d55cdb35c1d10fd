import { EventGridManagementClient } from "@azure/arm-eventgrid";
import type { AnyContract } from "@ratchet/contracts";
import { events, eventTopic, managementScope } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { resourcePlace } from "../resource-manager.ts";

/** A webhook that wants events. */
interface WebhookSubscription {
  readonly name: string;
  readonly url: string;
  /** Event types; every type where empty. */
  readonly types: readonly string[];
  /** Name of the Event Grid topic; `ratchet` unless infrastructure named it otherwise. */
  readonly topic?: string;
}

/**
 * Subscribes a webhook to the topic. Event Grid asks the endpoint first whether it wants the events.
 * @throws {WrongInputError} when a type does not exist, or the address is not https; it names what is wrong.
 */
export async function subscribe(
  deployment: Deployment,
  { name, url, types, topic = eventTopic }: WebhookSubscription,
): Promise<void> {
  const known = events.map(({ type }: AnyContract) => type);
  const unknown = types.filter((type) => !known.includes(type));
  if (unknown.length > 0)
    throw new WrongInputError(`there is no event ${unknown.join(", ")}; the events are ${known.join(", ")}`);
  if (!URL.canParse(url) || new URL(url).protocol !== "https:")
    throw new WrongInputError(`${url} is not an https address`);
  const { endpoint, subscription, group } = resourcePlace(deployment);
  const client = new EventGridManagementClient(deployment.credential, subscription, {
    endpoint,
    credentialScopes: managementScope,
  });
  // The SDK puts a slash before it.
  const scope = `subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.EventGrid/topics/${topic}`;
  await client.eventSubscriptions.beginCreateOrUpdateAndWait(scope, name, {
    destination: { endpointType: "WebHook", endpointUrl: url },
    eventDeliverySchema: "CloudEventSchemaV1_0",
    ...(types.length > 0 ? { filter: { includedEventTypes: [...types] } } : {}),
  });
}
