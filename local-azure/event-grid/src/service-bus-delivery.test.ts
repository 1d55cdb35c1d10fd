import { DefaultAzureCredential } from "@azure/identity";
import { ServiceBusAdministrationClient, ServiceBusClient, type ServiceBusReceivedMessage } from "@azure/service-bus";
import { type ServiceBus, startServiceBus } from "@local-azure/service-bus";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type CloudEvent,
  type DeliveryReport,
  type EventGridOptions,
  type EventSubscription,
  startEventGrid,
} from "./index.ts";
import { prepareSurroundings, type TestSurroundings } from "./testing/surroundings.ts";

let surroundings: TestSurroundings;
let bus: ServiceBus;
let client: ServiceBusClient;
beforeAll(async () => {
  surroundings = await prepareSurroundings();
  bus = await startServiceBus({
    tls: surroundings.tls,
    queues: ["plain", "legacy", "mapped"].map((name) => ({ name, requiresDuplicateDetection: true })),
    topics: [{ name: "announcements", subscriptions: [{ subscriptionName: "all" }] }],
  });
  client = new ServiceBusClient(bus.fullyQualifiedNamespace, new DefaultAzureCredential());
});
afterAll(async () => {
  await client.close();
  await bus.close();
  await surroundings[Symbol.asyncDispose]();
});

const sent: CloudEvent = {
  specversion: "1.0",
  id: "1",
  source: "/shop",
  type: "order.placed.v1",
  subject: "orders/1",
  time: "2026-01-02T03:04:05.000Z",
  dataversion: "2",
  data: { order: { number: 7 }, customer: "ä" },
};

type Overrides = Partial<EventSubscription> & Pick<EventSubscription, "destination">;

async function startTopic(subscription: Overrides, options: Partial<EventGridOptions> = {}) {
  const reports: DeliveryReport[] = [];
  const eventGrid = await startEventGrid({
    tls: surroundings.tls,
    serviceBus: {
      fullyQualifiedNamespace: bus.fullyQualifiedNamespace,
      credential: new DefaultAzureCredential(),
    },
    topics: [{ name: "orders", subscriptions: [{ name: "billing", ...subscription }] }],
    retryScale: 0.001,
    onDelivery: (report) => reports.push(report),
    ...options,
  });
  return { eventGrid, reports, [Symbol.asyncDispose]: () => eventGrid.close() };
}

async function receiveOne(queue: string, subscription?: string): Promise<ServiceBusReceivedMessage | undefined> {
  const receiver = subscription ? client.createReceiver(queue, subscription) : client.createReceiver(queue);
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
  if (message) await receiver.completeMessage(message);
  await receiver.close();
  return message;
}

describe("a delivery to Service Bus", () => {
  test("is one message per event, with what Event Grid says about it", async () => {
    await using topic = await startTopic({ destination: { endpointType: "ServiceBusQueue", entity: "plain" } });
    topic.eventGrid.publish("orders", sent);
    const message = await receiveOne("plain");
    expect(message).toMatchObject({
      body: sent,
      contentType: "application/cloudevents+json; charset=utf-8",
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(message?.applicationProperties).toEqual({
      "aeg-subscription-name": "BILLING",
      "aeg-delivery-count": "0",
      "aeg-data-version": "2",
      "aeg-metadata-version": "1",
      "aeg-event-type": "Notification",
      "aeg-output-event-id": message?.messageId,
    });
  });

  test("is one event in the Event Grid schema, where that is asked for", async () => {
    await using topic = await startTopic({
      destination: { endpointType: "ServiceBusQueue", entity: "legacy" },
      eventDeliverySchema: "EventGridSchema",
    });
    topic.eventGrid.publish("orders", sent);
    expect((await receiveOne("legacy"))?.body).toMatchObject({ eventType: "order.placed.v1", topic: "/shop" });
  });

  test("goes to a topic as well", async () => {
    await using topic = await startTopic({ destination: { endpointType: "ServiceBusTopic", entity: "announcements" } });
    topic.eventGrid.publish("orders", sent);
    expect((await receiveOne("announcements", "all"))?.body).toEqual(sent);
  });

  test("carries the attributes that the subscription maps, as the message's own where they are", async () => {
    await using topic = await startTopic({
      destination: {
        endpointType: "ServiceBusQueue",
        entity: "mapped",
        deliveryAttributeMappings: [
          { name: "Label", type: "Static", value: "billing" },
          { name: "CorrelationId", type: "Dynamic", sourceField: "id" },
          { name: "order", type: "Dynamic", sourceField: "data.order" },
        ],
      },
    });
    topic.eventGrid.publish("orders", sent);
    expect(await receiveOne("mapped")).toMatchObject({
      subject: "billing",
      correlationId: "1",
      applicationProperties: { order: '{"number":7}' },
    });
  });

  test("is given up at once when the event is larger than a message may be", async () => {
    await using topic = await startTopic({ destination: { endpointType: "ServiceBusQueue", entity: "plain" } });
    topic.eventGrid.publish("orders", { ...sent, data: "x".repeat(300 * 1024) });
    await vi.waitUntil(() => topic.reports.length > 0, { timeout: 10_000, interval: 10 });
    expect(topic.reports).toMatchObject([
      { step: "dropped", outcome: { outcome: "PayloadTooLarge", status: 413 }, delivery: { attempts: 1 } },
    ]);
  });

  test("is repeated while the queue is not there, and arrives once it is", async () => {
    await using topic = await startTopic({ destination: { endpointType: "ServiceBusQueue", entity: "later" } });
    topic.eventGrid.publish("orders", sent);
    await vi.waitUntil(() => topic.reports.length > 1, { timeout: 10_000, interval: 10 });
    expect(topic.reports[0]).toMatchObject({ step: "retried later", outcome: { outcome: "NotFound", status: 404 } });
    await new ServiceBusAdministrationClient(bus.connectionString).createQueue("later");
    const message = await receiveOne("later");
    expect(message?.body).toEqual(sent);
    expect(Number(message?.applicationProperties?.["aeg-delivery-count"])).toBeGreaterThan(1);
  });
});
