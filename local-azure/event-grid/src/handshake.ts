import { randomUUID } from "node:crypto";
import type { Confirmations } from "./confirmations.ts";
import { HandshakeError } from "./errors.ts";
import type { EventSubscription, WebHookDestination } from "./subscription.ts";

/** Who calls, as webhooks for CloudEvents are asked about it. */
const origin = "eventgrid.azure.net";
const answerWithinMs = 30_000;

interface HandshakeOptions {
  readonly topicId: string;
  readonly confirmations: Confirmations;
  /** How long a webhook that did not agree at once may take to do so by the address it was given. */
  readonly confirmWithinMs: number;
}

/**
 * Asks a webhook whether it wants events, in the way of the schema that it will get them in, so that nobody can point
 * events at a third party.
 * @throws {HandshakeError} when it does not agree.
 */
export async function shakeHands(subscription: EventSubscription, options: HandshakeOptions): Promise<void> {
  const { endpointUrl } = subscription.destination as WebHookDestination;
  const confirmation = options.confirmations.expect();
  try {
    const asked =
      subscription.eventDeliverySchema === "EventGridSchema"
        ? await askForValidationCode(endpointUrl, subscription.name, options.topicId, confirmation.url)
        : await askForOrigin(endpointUrl, confirmation.url);
    if (asked === "agreed") return;
    await confirmation.within(options.confirmWithinMs, `${refused(endpointUrl)} ${asked.otherwise}`);
  } finally {
    confirmation.cancel();
  }
}

type Asked = "agreed" | { readonly otherwise: string };

/**
 * The webhook answers a validation event with its code, or someone opens the validation address later.
 * Source: https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
async function askForValidationCode(
  endpointUrl: string,
  name: string,
  topicId: string,
  validationUrl: string,
): Promise<Asked> {
  const validationCode = randomUUID().toUpperCase();
  const event = {
    id: randomUUID(),
    topic: topicId,
    subject: "",
    data: { validationCode, validationUrl },
    eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
    eventTime: new Date().toISOString(),
    metadataVersion: "1",
    dataVersion: "2",
  };
  const response = await call(endpointUrl, {
    method: "POST",
    headers: {
      "content-type": "application/json; charset=utf-8",
      "aeg-event-type": "SubscriptionValidation",
      "aeg-subscription-name": name.toUpperCase(),
      "aeg-delivery-count": "0",
      "aeg-data-version": "2",
      "aeg-metadata-version": "1",
    },
    body: JSON.stringify([event]),
  });
  const text = await response.text();
  if (response.status !== 200) {
    throw new HandshakeError(`${refused(endpointUrl)} It answered ${response.status}; only 200 will do.`);
  }
  if (validationResponseIn(text) === validationCode) return "agreed";
  return {
    otherwise: "It answered without the validation code, and its validation address was not opened in time either.",
  };
}

function validationResponseIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { validationResponse?: unknown } | null)?.validationResponse;
  } catch {
    return undefined;
  }
}

/**
 * The webhook allows the origin in its answer, or by calling the callback later.
 * Source: https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md#4-abuse-protection
 */
async function askForOrigin(endpointUrl: string, callback: string): Promise<Asked> {
  const response = await call(endpointUrl, {
    method: "OPTIONS",
    headers: {
      "WebHook-Request-Origin": origin,
      "WebHook-Request-Callback": callback,
      "WebHook-Request-Rate": "120",
    },
  });
  await response.arrayBuffer();
  const allowed = (response.headers.get("WebHook-Allowed-Origin") ?? "").split(",").map((name) => name.trim());
  if (response.ok && (allowed.includes("*") || allowed.includes(origin))) return "agreed";
  if (!response.ok) throw new HandshakeError(`${refused(endpointUrl)} It answered OPTIONS with ${response.status}.`);
  return {
    otherwise: `It answered OPTIONS without "WebHook-Allowed-Origin: ${origin}", and did not call back in time either.`,
  };
}

async function call(endpointUrl: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(endpointUrl, { ...request, redirect: "manual", signal: AbortSignal.timeout(answerWithinMs) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new HandshakeError(
      `${refused(endpointUrl)} It could not be called: ${cause instanceof Error ? cause.message : cause}.`,
    );
  }
}

function refused(endpointUrl: string): string {
  return `Webhook validation handshake failed for ${endpointUrl}.`;
}
