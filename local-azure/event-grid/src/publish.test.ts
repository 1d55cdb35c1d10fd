import {
  AzureKeyCredential,
  AzureSASCredential,
  EventGridPublisherClient,
  generateSharedAccessSignature,
} from "@azure/eventgrid";
import { DefaultAzureCredential } from "@azure/identity";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type CloudEvent, type EventGrid, startEventGrid } from "./index.ts";
import { prepareSurroundings, type TestSurroundings } from "./testing/surroundings.ts";
import { startWebhook, type TestWebhook } from "./testing/webhook.ts";

let surroundings: TestSurroundings;
let webhook: TestWebhook;
let eventGrid: EventGrid;
beforeAll(async () => {
  surroundings = await prepareSurroundings();
  webhook = await startWebhook(surroundings.tls);
  const subscriptions = [{ name: "all", destination: { endpointType: "WebHook", endpointUrl: webhook.url } }] as const;
  eventGrid = await startEventGrid({
    tls: surroundings.tls,
    topics: [
      { name: "orders", subscriptions },
      { name: "legacy", inputSchema: "EventGridSchema", subscriptions },
    ],
    systemTopics: [{ name: "storage", source: "/subscriptions/s/storageAccounts/sa" }],
    access: {
      verifyToken: (token) => {
        if (token === "bad") throw new Error("The token is bad.");
        return { oid: "somebody" };
      },
    },
  });
});
afterAll(async () => {
  await eventGrid.close();
  await webhook[Symbol.asyncDispose]();
  await surroundings[Symbol.asyncDispose]();
});

let before = 0;
beforeEach(() => {
  before = webhook.received.length;
});

async function delivered(count: number): Promise<readonly CloudEvent[]> {
  const fresh = () => webhook.received.slice(before);
  await vi.waitUntil(() => fresh().length >= count, { timeout: 10_000 });
  return fresh().map(({ body }) => JSON.parse(body) as CloudEvent);
}

const event = { type: "order.placed.v1", source: "/shop", subject: "orders/1", data: { total: 3 } };
const keyOf = (topic: string) => eventGrid.topics.find(({ name }) => name === topic)?.keys[1] ?? "";
const endpoint = (topic = "orders") => eventGrid.topicEndpoint(topic);

function post(body: unknown, more: { path?: string; headers?: Record<string, string>; method?: string } = {}) {
  return fetch(`${more.path ?? endpoint()}?api-version=2018-01-01`, {
    method: more.method ?? "POST",
    headers: { "aeg-sas-key": keyOf("orders"), "content-type": "application/cloudevents-batch+json", ...more.headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

describe("the publisher SDK", () => {
  test("publishes a batch with DefaultAzureCredential", async () => {
    const client = new EventGridPublisherClient(endpoint(), "CloudEvent", new DefaultAzureCredential());
    await client.send([event, { ...event, subject: "orders/2", extensionAttributes: { traceparent: "00-1-2-01" } }]);
    const events = await delivered(2);
    expect(events.map(({ subject }) => subject).sort()).toEqual(["orders/1", "orders/2"]);
    const second = events.find(({ subject }) => subject === "orders/2");
    expect(second).toMatchObject({ specversion: "1.0", source: "/shop", data: { total: 3 }, traceparent: "00-1-2-01" });
  });

  test("publishes with a key", async () => {
    await new EventGridPublisherClient(endpoint(), "CloudEvent", new AzureKeyCredential(keyOf("orders"))).send([event]);
    expect(await delivered(1)).toMatchObject([{ type: event.type }]);
  });

  test("is refused with a wrong key", async () => {
    const client = new EventGridPublisherClient(endpoint(), "CloudEvent", new AzureKeyCredential(keyOf("legacy")));
    await expect(client.send([event])).rejects.toMatchObject({ statusCode: 401, code: "Unauthorized" });
  });

  test("publishes with a shared access signature until it expires", async () => {
    const client = async (expiresAt: Date) => {
      const key = new AzureKeyCredential(keyOf("orders"));
      const signature = await generateSharedAccessSignature(endpoint(), key, expiresAt);
      return new EventGridPublisherClient(endpoint(), "CloudEvent", new AzureSASCredential(signature));
    };
    await (await client(new Date(Date.now() + 60_000))).send([event]);
    await delivered(1);
    await expect((await client(new Date(Date.now() - 60_000))).send([event])).rejects.toMatchObject({
      statusCode: 401,
    });
  });

  test("publishes in the Event Grid schema to a topic that takes it", async () => {
    const client = new EventGridPublisherClient(
      endpoint("legacy"),
      "EventGrid",
      new AzureKeyCredential(keyOf("legacy")),
    );
    await client.send([{ eventType: "order.placed", subject: "orders/1", dataVersion: "2", data: { total: 3 } }]);
    const topic = eventGrid.topics.find(({ name }) => name === "legacy");
    expect(await delivered(1)).toMatchObject([
      { type: "order.placed", source: topic?.id, subject: "orders/1", dataversion: "2", data: { total: 3 } },
    ]);
  });
});

describe("a request to publish", () => {
  test("may hold one structured event, or one in binary form", async () => {
    const attributes = { specversion: "1.0", id: "1", source: "/shop", type: "t" };
    const structured = { "content-type": "application/cloudevents+json" };
    expect((await post({ ...attributes, data: 1 }, { headers: structured })).status).toBe(200);
    const binary = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
    const headers = { ...binary, "content-type": "application/json", "ce-subject": "a%20b" };
    expect((await post({ total: 4 }, { headers })).status).toBe(200);
    const events = await delivered(2);
    expect(events).toContainEqual({ ...attributes, data: 1 });
    expect(events).toContainEqual({
      ...attributes,
      subject: "a b",
      datacontenttype: "application/json",
      data: { total: 4 },
    });
  });

  const good = { specversion: "1.0", id: "1", source: "/s", type: "t" };
  test.each([
    ["no JSON", "{", "not JSON"],
    ["no object", [1], "event 0 is not a JSON object"],
    ["another version", [good, { ...good, specversion: "0.3" }], 'event 1: "specversion"'],
    ["no id", [{ ...good, id: "" }], 'event 0: "id"'],
    ["no type", [{ ...good, type: undefined }], 'event 0: "type"'],
    ["no time", [{ ...good, time: "yesterday" }], 'event 0: "time"'],
    ["a wrong attribute name", [{ ...good, camelCase: 1 }], 'event 0: "camelCase"'],
  ])("with %s is refused whole", async (_, body, message) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "BadRequest", message: expect.stringContaining(message) },
    });
    expect(webhook.received).toHaveLength(before);
  });

  test("is refused when too large, and the connection goes on", async () => {
    expect((await post([{ ...good, data: "x".repeat(1024 * 1024) }])).status).toBe(413);
    expect((await post([good])).status).toBe(200);
  });

  test("is refused without credentials, with a bad token, and for what is no custom topic", async () => {
    expect((await post([good], { headers: { "aeg-sas-key": "" } })).status).toBe(401);
    const url = `${endpoint()}?api-version=2018-01-01`;
    expect((await fetch(url, { method: "POST", body: "[]" })).status).toBe(401);
    const bearer = await fetch(url, { method: "POST", body: "[]", headers: { authorization: "Bearer bad" } });
    expect(await bearer.json()).toEqual({ error: { code: "Unauthorized", message: "The token is bad." } });
    for (const path of ["/unknown/api/events", "/storage/api/events", "/orders/events"]) {
      expect((await post([good], { path: eventGrid.endpoint + path })).status).toBe(404);
    }
    expect((await post("", { method: "PUT" })).status).toBe(405);
    const withoutVersion = await fetch(endpoint(), {
      method: "POST",
      headers: { "aeg-sas-key": keyOf("orders") },
      body: "[]",
    });
    expect(withoutVersion.status).toBe(400);
  });

  test("in CloudEvents is refused by a topic that takes the Event Grid schema", async () => {
    const response = await post([good], { path: endpoint("legacy"), headers: { "aeg-sas-key": keyOf("legacy") } });
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining("Event Grid schema") } });
  });
});

test("a topic that does not exist is named with those that do", () => {
  expect(() => eventGrid.publish("order", { ...event, specversion: "1.0", id: "1" })).toThrow(
    'There is no topic "order" (there are: orders, legacy, storage).',
  );
});
