import { join } from "node:path";
import { EventGridManagementClient } from "@azure/arm-eventgrid";
import { DefaultAzureCredential } from "@azure/identity";
import { type ResourceManager, startResourceManager } from "@local-azure/resource-manager";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createEventGridProvider, type EventGrid, startEventGrid } from "../index.ts";
import { prepareSurroundings, type TestSurroundings } from "../testing/surroundings.ts";
import { startWebhook, type TestWebhook } from "../testing/webhook.ts";

const subscriptionId = "00000000-0000-0000-0000-00000000000a";
const group = "shop";
const account = `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/sa`;
const topicId = `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.EventGrid/topics/orders`;

let surroundings: TestSurroundings;
let webhook: TestWebhook;
let eventGrid: EventGrid;
let resourceManager: ResourceManager;
let client: EventGridManagementClient;

/** The SDK puts a slash before a scope. */
const scopeOf = (id: string) => id.slice(1);

const start = () =>
  startEventGrid({
    tls: surroundings.tls,
    folder: join(surroundings.folder, "provider"),
    subscriptionId,
    resourceGroup: group,
    topics: [{ name: "orders" }],
    systemTopics: [{ name: "storage", source: account }],
    confirmWithinMs: 200,
  });

beforeAll(async () => {
  surroundings = await prepareSurroundings();
  webhook = await startWebhook(surroundings.tls);
  eventGrid = await start();
  resourceManager = await startResourceManager({
    tls: surroundings.tls,
    providers: [createEventGridProvider(eventGrid)],
  });
  client = new EventGridManagementClient(new DefaultAzureCredential(), subscriptionId, {
    endpoint: resourceManager.endpoint,
    credentialScopes: "https://management.azure.com/.default",
  });
});
afterAll(async () => {
  await resourceManager.close();
  await eventGrid.close();
  await webhook[Symbol.asyncDispose]();
  await surroundings[Symbol.asyncDispose]();
});

const webHook = () => ({ endpointType: "WebHook", endpointUrl: `${webhook.url}?code=secret` }) as const;
const publish = (topic: string, type: string) =>
  eventGrid.publish(topic, { specversion: "1.0", id: type, source: "/s", type, subject: "x", data: {} });

describe("an event subscription made with the management SDK", () => {
  test("on a topic gets the events it asks for, until it is deleted", async () => {
    const created = await client.topicEventSubscriptions.beginCreateOrUpdateAndWait(group, "orders", "payments", {
      destination: webHook(),
      eventDeliverySchema: "CloudEventSchemaV1_0",
      filter: {
        includedEventTypes: ["order.paid"],
        advancedFilters: [{ operatorType: "StringIn", key: "subject", values: ["x"] }],
      },
      retryPolicy: { maxDeliveryAttempts: 3, eventTimeToLiveInMinutes: 5 },
    });
    expect(created).toMatchObject({
      name: "payments",
      provisioningState: "Succeeded",
      topic: topicId,
      destination: { endpointType: "WebHook", endpointBaseUrl: webhook.url },
      eventDeliverySchema: "CloudEventSchemaV1_0",
      filter: { includedEventTypes: ["order.paid"], advancedFilters: [{ operatorType: "StringIn" }] },
      retryPolicy: { maxDeliveryAttempts: 3, eventTimeToLiveInMinutes: 5 },
    });
    expect(JSON.stringify(created)).not.toContain("secret");

    publish("orders", "order.placed");
    publish("orders", "order.paid");
    await vi.waitUntil(() => webhook.received.length > 0, { timeout: 10_000 });
    expect(webhook.received.map(({ path, body }) => [path, JSON.parse(body).type])).toEqual([
      ["/events?code=secret", "order.paid"],
    ]);

    await client.topicEventSubscriptions.beginDeleteAndWait(group, "orders", "payments");
    await client.topicEventSubscriptions.beginDeleteAndWait(group, "orders", "payments");
    await expect(client.topicEventSubscriptions.get(group, "orders", "payments")).rejects.toMatchObject({
      statusCode: 404,
      code: "ResourceNotFound",
    });
  });

  test("on a system topic is found under it and under the resource whose events it has", async () => {
    await client.systemTopicEventSubscriptions.beginCreateOrUpdateAndWait(group, "storage", "uploads", {
      destination: webHook(),
    });
    const nested = await client.systemTopicEventSubscriptions.get(group, "storage", "uploads");
    const extension = await client.eventSubscriptions.get(scopeOf(account), "uploads");
    for (const subscription of [nested, extension]) {
      expect(subscription).toMatchObject({ name: "uploads", topic: account, eventDeliverySchema: "EventGridSchema" });
    }
    await client.eventSubscriptions.beginDeleteAndWait(scopeOf(account), "uploads");
    expect(eventGrid.subscriptions("storage")).toEqual([]);
  });

  test("as an extension of the topic replaces the one of that name", async () => {
    for (const maxDeliveryAttempts of [5, 7]) {
      await client.eventSubscriptions.beginCreateOrUpdateAndWait(scopeOf(topicId), "replaced", {
        destination: webHook(),
        retryPolicy: { maxDeliveryAttempts },
      });
    }
    const names = [];
    for await (const { name, retryPolicy } of client.topicEventSubscriptions.list(group, "orders")) {
      names.push([name, retryPolicy?.maxDeliveryAttempts]);
    }
    expect(names).toEqual([["replaced", 7]]);
    await client.eventSubscriptions.beginDeleteAndWait(scopeOf(topicId), "replaced");
  });

  test("lasts from one run to the next", async () => {
    const lasting = client.topicEventSubscriptions;
    await lasting.beginCreateOrUpdateAndWait(group, "orders", "lasting", { destination: webHook() });
    {
      await using next = await start();
      expect(next.subscriptions("orders").map(({ name }) => name)).toEqual(["lasting"]);
    }
    await lasting.beginDeleteAndWait(group, "orders", "lasting");
  });

  test("is refused with the webhook's reason when that does not agree", async () => {
    await using unwilling = await startWebhook(surroundings.tls, {
      handshake: (_, response) => void response.writeHead(403).end(),
    });
    const made = client.topicEventSubscriptions.beginCreateOrUpdateAndWait(group, "orders", "refused", {
      destination: { endpointType: "WebHook", endpointUrl: unwilling.url },
    });
    await expect(made).rejects.toThrow("It answered OPTIONS with 403");
    await expect(client.topicEventSubscriptions.get(group, "orders", "refused")).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  test("is being created until its webhook has agreed, which who may not look at operations sees by it alone", async () => {
    const asked = Promise.withResolvers<(status: number) => void>();
    await using slow = await startWebhook(surroundings.tls, {
      handshake: (request, response) =>
        asked.resolve((status) => {
          const origin = request.headers["webhook-request-origin"] ?? "";
          response.writeHead(status, { "webhook-allowed-origin": origin }).end();
        }),
    });
    const made = client.topicEventSubscriptions.beginCreateOrUpdateAndWait(group, "orders", "slow", {
      destination: { endpointType: "WebHook", endpointUrl: slow.url },
      eventDeliverySchema: "CloudEventSchemaV1_0",
    });
    const answer = await asked.promise;
    const state = async () => (await client.topicEventSubscriptions.get(group, "orders", "slow")).provisioningState;
    expect(await state()).toBe("Creating");
    answer(200);
    await made;
    expect(await state()).toBe("Succeeded");
    await client.topicEventSubscriptions.beginDeleteAndWait(group, "orders", "slow");
  });

  test.each([
    [{ destination: { endpointType: "EventHub" } }, "endpointType"],
    [{ destination: webHookTo(""), retryPolicy: { maxDeliveryAttempts: 99 } }, "maxDeliveryAttempts"],
    [{ destination: webHookTo(""), deadLetterDestination: { endpointType: "StorageBlob" } }, "deadLetterDestination"],
  ] as const)("is refused with the property that is wrong: %j", async (info, property) => {
    const made = client.topicEventSubscriptions.beginCreateOrUpdateAndWait(group, "orders", "wrong", info);
    await expect(made).rejects.toThrow(property);
  });
});

test("a topic tells its address and keys", async () => {
  const topic = await client.topics.get(group, "orders");
  expect(topic).toMatchObject({ id: topicId, endpoint: eventGrid.topicEndpoint("orders") });
  const { key1 } = await client.topics.listSharedAccessKeys(group, "orders");
  expect(key1).toBe(eventGrid.topics[0]?.keys[0]);
  await expect(client.topics.get(group, "unknown")).rejects.toMatchObject({ statusCode: 404 });
});

function webHookTo(endpointUrl: string) {
  return { endpointType: "WebHook", endpointUrl } as const;
}
