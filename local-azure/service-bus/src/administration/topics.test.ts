import type { CreateSubscriptionOptions, CreateTopicOptions } from "@azure/service-bus";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Administered, startAdministered } from "../testing/administered.ts";

let bus: Administered;
beforeAll(async () => {
  bus = await startAdministered();
  await bus.client.createTopic("events");
  await bus.client.createQueue("destination");
});
afterAll(() => bus.close());

describe("a topic", () => {
  test("keeps every setting it is created with", async () => {
    const settings: CreateTopicOptions = {
      defaultMessageTimeToLive: "PT2H",
      maxSizeInMegabytes: 3072,
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: "PT3M",
      enableBatchedOperations: false,
      autoDeleteOnIdle: "P2D",
      supportOrdering: true,
      maxMessageSizeInKilobytes: 1024,
      userMetadata: "about",
      status: "SendDisabled",
    };
    await bus.client.createTopic("all-settings", settings);
    expect(await bus.client.getTopic("all-settings")).toMatchObject(settings);
  });

  test("takes a changed description and can be deleted", async () => {
    const topic = await bus.client.createTopic("brief");
    expect(await bus.client.updateTopic({ ...topic, userMetadata: "changed" })).toMatchObject({
      userMetadata: "changed",
    });
    expect(await bus.client.topicExists("brief")).toBe(true);
    await bus.client.deleteTopic("brief");
    expect(await bus.client.topicExists("brief")).toBe(false);
    await expect(bus.client.updateTopic(topic)).rejects.toMatchObject({ code: "MessageEntityNotFoundError" });
  });

  test("counts its subscriptions", async () => {
    await bus.client.createTopic("counted");
    await bus.client.createSubscription("counted", "one");
    await bus.client.createSubscription("counted", "two");
    const sender = bus.messages.createSender("counted");
    await sender.scheduleMessages({ body: "later" }, new Date(Date.now() + 3_600_000));
    expect(await bus.client.getTopicRuntimeProperties("counted")).toMatchObject({
      subscriptionCount: 2,
      scheduledMessageCount: 1,
    });
  });

  test("cannot change duplicate detection after its creation", async () => {
    const topic = await bus.client.createTopic("fixed");
    await expect(bus.client.updateTopic({ ...topic, requiresDuplicateDetection: true })).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});

describe("a subscription", () => {
  test("keeps every setting it is created with", async () => {
    const settings: CreateSubscriptionOptions = {
      lockDuration: "PT2M",
      requiresSession: false,
      defaultMessageTimeToLive: "PT4H",
      deadLetteringOnMessageExpiration: true,
      deadLetteringOnFilterEvaluationExceptions: false,
      maxDeliveryCount: 7,
      enableBatchedOperations: false,
      autoDeleteOnIdle: "PT6M",
      userMetadata: "about",
      status: "Disabled",
    };
    await bus.client.createSubscription("events", "all-settings", { ...settings, forwardTo: "destination" });
    expect(await bus.client.getSubscription("events", "all-settings")).toMatchObject({
      ...settings,
      topicName: "events",
      subscriptionName: "all-settings",
      forwardTo: `sb://${bus.host}/destination`,
    });
  });

  test("takes a changed description and can be deleted", async () => {
    const subscription = await bus.client.createSubscription("events", "brief", { requiresSession: true });
    expect(await bus.client.updateSubscription({ ...subscription, maxDeliveryCount: 2 })).toMatchObject({
      maxDeliveryCount: 2,
      requiresSession: true,
    });
    expect(await bus.client.subscriptionExists("events", "brief")).toBe(true);
    await bus.client.deleteSubscription("events", "brief");
    expect(await bus.client.subscriptionExists("events", "brief")).toBe(false);
    await expect(bus.client.updateSubscription(subscription)).rejects.toMatchObject({ statusCode: 404 });
    await expect(bus.client.deleteSubscription("events", "brief")).rejects.toMatchObject({ statusCode: 404 });
  });

  test("cannot start or stop having sessions", async () => {
    const subscription = await bus.client.createSubscription("events", "fixed");
    await expect(bus.client.updateSubscription({ ...subscription, requiresSession: true })).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  test("reports how many messages it holds", async () => {
    await bus.client.createTopic("busy");
    await bus.client.createSubscription("busy", "counted");
    await bus.messages.createSender("busy").sendMessages([{ body: "one" }, { body: "two" }]);
    expect(await bus.client.getSubscriptionRuntimeProperties("busy", "counted")).toMatchObject({
      topicName: "busy",
      subscriptionName: "counted",
      totalMessageCount: 2,
      activeMessageCount: 2,
      deadLetterMessageCount: 0,
      transferMessageCount: 0,
      transferDeadLetterMessageCount: 0,
    });
  });

  test("cannot be created twice, nor on a topic that is not there, nor with a name of two segments", async () => {
    await bus.client.createSubscription("events", "twice");
    await expect(bus.client.createSubscription("events", "twice")).rejects.toMatchObject({
      code: "MessageEntityAlreadyExistsError",
    });
    await expect(bus.client.createSubscription("nowhere", "any")).rejects.toMatchObject({ statusCode: 404 });
    await expect(bus.client.createSubscription("events", "a%2Fb")).rejects.toMatchObject({ statusCode: 400 });
    await expect(bus.client.createSubscription("events", "x".repeat(51))).rejects.toMatchObject({ statusCode: 400 });
  });
});
