import { setTimeout as pause } from "node:timers/promises";
import type { AnyContract } from "@ratchet/contracts";
import { events, managementScope } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { exitCodes, WrongInputError } from "../errors.ts";
import { resourcePlace } from "../resource-manager.ts";

/** A webhook that wants events. */
interface WebhookSubscription {
  readonly name: string;
  readonly url: string;
  /** Event types; every type where empty. */
  readonly types: readonly string[];
  /** Name of the Event Grid topic; that of the deployment unless said. */
  readonly topic?: string;
}

/** Event Grid has not taken the subscription. */
class SubscribeError extends Error {
  override readonly name = "SubscribeError";
  readonly exitCode = exitCodes.failed;
}

const apiVersion = "2022-06-15";
/** How long an endpoint may take to agree. */
const agreesWithinMs = 60_000;
const looksEveryMs = 250;

/**
 * Subscribes a webhook to the topic. Event Grid asks the endpoint first whether it wants the events.
 * @throws {WrongInputError} when a type does not exist, or the address is not https; it names what is wrong.
 * @throws {SubscribeError} when Event Grid refuses, or the endpoint does not agree.
 */
export async function subscribe(
  deployment: Deployment,
  { name, url, types, topic = deployment.eventTopic }: WebhookSubscription,
): Promise<void> {
  const known = events.map(({ type }: AnyContract) => type);
  const unknown = types.filter((type) => !known.includes(type));
  if (unknown.length > 0)
    throw new WrongInputError(`there is no event ${unknown.join(", ")}; the events are ${known.join(", ")}`);
  if (!URL.canParse(url) || new URL(url).protocol !== "https:")
    throw new WrongInputError(`${url} is not an https address`);
  const { endpoint, subscription, group } = resourcePlace(deployment);
  const topicId = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.EventGrid/topics/${topic}`;
  const address = `${endpoint}${topicId}/providers/Microsoft.EventGrid/eventSubscriptions/${encodeURIComponent(name)}?api-version=${apiVersion}`;
  const ask = async (method: "GET" | "PUT", body?: object) => {
    const token = await deployment.credential.getToken(managementScope);
    const response = await fetch(address, {
      method,
      headers: { authorization: `Bearer ${token?.token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, ok: response.ok, text };
  };

  const properties = {
    destination: { endpointType: "WebHook", properties: { endpointUrl: url } },
    eventDeliverySchema: "CloudEventSchemaV1_0",
    ...(types.length > 0 ? { filter: { includedEventTypes: types } } : {}),
  };
  const asked = await ask("PUT", { properties });
  if (!asked.ok) throw new SubscribeError(`Event Grid refuses the subscription: ${asked.status} ${asked.text}`);
  const deadline = Date.now() + agreesWithinMs;
  // Whoever has a role on the topic alone may not look at the operation, which stands below the location: the
  // subscription itself says how it is.
  for (;;) {
    const { status, ok, text } = await ask("GET");
    const state = ok ? stateIn(text) : undefined;
    if (state === "Succeeded") return;
    if (status === 404 || state === "Failed" || state === "Canceled")
      throw new SubscribeError(
        `Event Grid did not take the subscription: ${url} has to answer its OPTIONS request, and to agree to ${name}`,
      );
    if (Date.now() > deadline)
      throw new SubscribeError(
        `${url} has not agreed within ${agreesWithinMs / 1000} s: the subscription is ${state ?? `not to be read (${status} ${text})`}`,
      );
    await pause(looksEveryMs);
  }
}

function stateIn(text: string): string | undefined {
  const { properties } = JSON.parse(text) as { readonly properties?: { readonly provisioningState?: string } };
  return properties?.provisioningState;
}
