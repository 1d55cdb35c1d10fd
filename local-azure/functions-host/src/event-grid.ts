import type { IncomingMessage, ServerResponse } from "node:http";
import { defaultBodyLimitBytes, readBody } from "./http/body.ts";
import { traceOf } from "./http/http-trigger.ts";
import { type HostKeys, isAuthorized } from "./http/keys.ts";
import type { RequestHandler } from "./http/server.ts";
import type { TypedData } from "./worker/core-types.ts";
import type { Invocable, Invoker } from "./worker/invoke.ts";

const webhookPath = "/runtime/webhooks/eventgrid";

/** A function with an `eventGridTrigger`. */
export interface EventGridFunction {
  readonly invocable: Invocable;
  /** Whether it takes a whole delivery as one array. */
  readonly many: boolean;
}

/**
 * The webhook of the Event Grid extension: `/runtime/webhooks/eventgrid?functionName=…&code=…`.
 * Answers the validation handshake of both schemas; a delivery is 202 if every event was handled, else 500,
 * so that Event Grid delivers it again.
 */
export function createEventGridTrigger(
  functions: readonly EventGridFunction[],
  invoker: Invoker,
  keys: HostKeys,
): RequestHandler {
  const byName = new Map(functions.map((fn) => [fn.invocable.name.toLowerCase(), fn]));
  return (request, response, url) => {
    if (url.path.toLowerCase() !== webhookPath) return undefined;
    if (!isAuthorized("system", keys, request, url.query)) return end(response, 401);
    const name = url.query.get("functionName") ?? "";
    const target = byName.get(name.toLowerCase());
    if (!target) return end(response, 404, `There is no function "${name}" with an Event Grid trigger.`);
    return receive(target, invoker, request, response);
  };
}

async function receive(
  target: EventGridFunction,
  invoker: Invoker,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const origin = request.headers["webhook-request-origin"];
  if (request.method === "OPTIONS") {
    response.writeHead(200, { "webhook-allowed-origin": origin ?? "*", "webhook-allowed-rate": "*" }).end();
    return;
  }
  const events = parseEvents(await readBody(request, defaultBodyLimitBytes));
  if (!events) return end(response, 400, "The body has to be a JSON event or an array of them.");
  const kind = request.headers["aeg-event-type"];
  if (kind === "SubscriptionValidation") {
    const code = validationCode(events[0]);
    if (code === undefined) return end(response, 400, "The validation event has no validationCode.");
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ validationResponse: code }));
    return;
  }
  if (kind === "Unsubscribe") return end(response, 200);

  const trace = traceOf(request);
  const reason = `EventGrid trigger fired at ${new Date().toISOString()}`;
  const invocations = target.many
    ? [invoker.invoke(target.invocable, { trace, reason, data: { json: JSON.stringify(events) } })]
    : events.map((event) =>
        invoker.invoke(target.invocable, {
          trace,
          reason,
          data: { json: JSON.stringify(event) },
          triggerMetadata: metadataOf(event),
        }),
      );
  const outcomes = await Promise.allSettled(invocations);
  return end(response, outcomes.every((outcome) => outcome.status === "fulfilled") ? 202 : 500);
}

function parseEvents(body: Buffer | undefined): readonly object[] | undefined {
  try {
    const parsed: unknown = JSON.parse(body?.toString() ?? "");
    const events: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    return events.every((event): event is object => typeof event === "object" && event !== null) ? events : undefined;
  } catch {
    return undefined;
  }
}

function validationCode(event: object | undefined): string | undefined {
  const data = event && "data" in event ? event.data : undefined;
  const code = typeof data === "object" && data !== null && "validationCode" in data ? data.validationCode : undefined;
  return typeof code === "string" ? code : undefined;
}

function metadataOf(event: object): Record<string, TypedData> {
  return "data" in event ? { data: { json: JSON.stringify(event.data) } } : {};
}

function end(response: ServerResponse, status: number, message = ""): Promise<void> {
  response.writeHead(status).end(message);
  return Promise.resolve();
}
