import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type EventGrid, EventGridError, type EventSubscription, HandshakeError, startEventGrid } from "./index.ts";
import { prepareSurroundings, type TestSurroundings } from "./testing/surroundings.ts";
import { type AnswerRequest, startWebhook } from "./testing/webhook.ts";

let surroundings: TestSurroundings;
let eventGrid: EventGrid;
beforeAll(async () => {
  surroundings = await prepareSurroundings();
  eventGrid = await startEventGrid({ tls: surroundings.tls, topics: [{ name: "orders" }], confirmWithinMs: 500 });
});
afterAll(async () => {
  await eventGrid.close();
  await surroundings[Symbol.asyncDispose]();
});

type Schema = NonNullable<EventSubscription["eventDeliverySchema"]>;

async function subscribe(schema: Schema, handshake?: AnswerRequest) {
  await using webhook = await startWebhook(surroundings.tls, handshake ? { handshake } : {});
  const subscription: EventSubscription = {
    name: "subscriber",
    eventDeliverySchema: schema,
    destination: { endpointType: "WebHook", endpointUrl: webhook.url },
  };
  await eventGrid.subscribe("orders", subscription);
  eventGrid.unsubscribe("orders", "subscriber");
  return webhook.handshakes;
}

describe("a webhook for CloudEvents", () => {
  test("is asked with OPTIONS, and agrees by allowing the origin", async () => {
    const [request] = await subscribe("CloudEventSchemaV1_0");
    expect(request).toMatchObject({
      method: "OPTIONS",
      headers: {
        "webhook-request-origin": "eventgrid.azure.net",
        "webhook-request-callback": expect.stringContaining(`${eventGrid.endpoint}/confirmations/`),
      },
    });
  });

  test("may allow every origin", async () => {
    await subscribe("CloudEventSchemaV1_0", (_, response) => {
      response.writeHead(204, { "WebHook-Allowed-Origin": "*" }).end();
    });
  });

  test("may agree later, by the callback", async () => {
    await subscribe("CloudEventSchemaV1_0", (request, response) => {
      response.writeHead(200).end();
      void fetch(String(request.headers["webhook-request-callback"]), { method: "POST" });
    });
  });

  test.each<[string, AnswerRequest, string]>([
    ["refuses", (_, response) => void response.writeHead(405).end(), "It answered OPTIONS with 405"],
    [
      "allows another origin",
      (_, response) => void response.writeHead(200, { "WebHook-Allowed-Origin": "example.com" }).end(),
      'without "WebHook-Allowed-Origin: eventgrid.azure.net"',
    ],
  ])("is not subscribed if it %s", async (_, answer, message) => {
    await expect(subscribe("CloudEventSchemaV1_0", answer)).rejects.toThrow(message);
    expect(eventGrid.subscriptions("orders")).toEqual([]);
  });
});

describe("a webhook for the Event Grid schema", () => {
  test("is sent a validation event, and agrees by returning its code", async () => {
    const [request] = await subscribe("EventGridSchema");
    expect(request?.headers).toMatchObject({
      "aeg-event-type": "SubscriptionValidation",
      "aeg-subscription-name": "SUBSCRIBER",
    });
    expect(JSON.parse(request?.body ?? "")).toMatchObject([
      {
        eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
        topic: eventGrid.topics[0]?.id,
        data: { validationCode: expect.any(String), validationUrl: expect.stringContaining(eventGrid.endpoint) },
      },
    ]);
  });

  test("may agree later, by the validation address", async () => {
    await subscribe("EventGridSchema", (request, response) => {
      response.writeHead(200).end();
      const [{ data }] = JSON.parse(request.body) as [{ data: { validationUrl: string } }];
      void fetch(data.validationUrl);
    });
  });

  test.each<[string, AnswerRequest, string]>([
    ["answers 202", (_, response) => void response.writeHead(202).end(), "It answered 202; only 200 will do."],
    [
      "returns another code",
      (_, response) => void response.writeHead(200).end('{"validationResponse":"guess"}'),
      "without the validation code",
    ],
  ])("is not subscribed if it %s", async (_, answer, message) => {
    await expect(subscribe("EventGridSchema", answer)).rejects.toThrow(message);
  });
});

test("a webhook that cannot be called is not subscribed", async () => {
  const webhook = await startWebhook(surroundings.tls);
  await webhook[Symbol.asyncDispose]();
  const destination = { endpointType: "WebHook", endpointUrl: webhook.url } as const;
  const subscribed = eventGrid.subscribe("orders", { name: "nobody", destination });
  await expect(subscribed).rejects.toThrow(HandshakeError);
  await expect(subscribed).rejects.toThrow("ECONNREFUSED");
});

test("a confirmation that nobody waits for is not found", async () => {
  expect((await fetch(`${eventGrid.endpoint}/confirmations/unknown`)).status).toBe(404);
});

test("a run that cannot have a configured subscription does not start, and leaves nothing behind", async () => {
  await using webhook = await startWebhook(surroundings.tls, {
    handshake: (_, response) => void response.writeHead(500).end(),
  });
  const destination = { endpointType: "WebHook", endpointUrl: webhook.url } as const;
  const topics = [{ name: "orders", subscriptions: [{ name: "refused", destination }] }];
  let port = 0;
  const started = startEventGrid({
    tls: surroundings.tls,
    topics,
    onDelivery: () => {},
  }).then((running) => {
    port = running.port;
  });
  await expect(started).rejects.toThrow(HandshakeError);
  expect(port).toBe(0);
  const callback = new URL(String(webhook.handshakes[0]?.headers["webhook-request-callback"]));
  await vi.waitUntil(
    () =>
      fetch(callback).then(
        () => false,
        () => true,
      ),
    { timeout: 10_000 },
  );
});

describe("a subscription is refused", () => {
  const destination = { endpointType: "WebHook", endpointUrl: "https://localhost:1/" } as const;
  test.each<[string, Partial<EventSubscription>, string]>([
    ["with a name Azure would not take", { name: "a b" }, "name must be"],
    ["with too many attempts", { retryPolicy: { maxDeliveryAttempts: 31 } }, "maxDeliveryAttempts must be 1 to 30"],
    ["with no time to live", { retryPolicy: { eventTimeToLiveInMinutes: 0 } }, "eventTimeToLiveInMinutes must be 1 to"],
    ["with no address", { destination: { endpointType: "WebHook", endpointUrl: "" } }, "endpointUrl must be"],
    ["with no queue", { destination: { endpointType: "ServiceBusQueue", entity: "" } }, "entity must be"],
    [
      "to a queue, without Service Bus",
      { destination: { endpointType: "ServiceBusQueue", entity: "orders" } },
      "destination needs Event Grid to be started with the option serviceBus",
    ],
    [
      "with dead letters, without storage",
      { deadLetterDestination: { container: "c" } },
      "deadLetterDestination needs Event Grid to be started with the option deadLetterStorage",
    ],
  ])("%s", async (_, change, message) => {
    const subscribed = eventGrid.subscribe("orders", { name: "subscriber", destination, ...change });
    await expect(subscribed).rejects.toThrow(EventGridError);
    await expect(subscribed).rejects.toThrow(message);
  });
});
