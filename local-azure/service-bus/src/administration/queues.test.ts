import type { CreateQueueOptions } from "@azure/service-bus";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Administered, startAdministered } from "../testing/administered.ts";

let bus: Administered;
beforeAll(async () => {
  bus = await startAdministered();
});
afterAll(() => bus.close());

describe("a queue", () => {
  test("is created with the service's defaults", async () => {
    const queue = await bus.client.createQueue("defaults");
    expect(queue).toMatchObject({
      name: "defaults",
      lockDuration: "PT1M",
      maxSizeInMegabytes: 1024,
      maxDeliveryCount: 10,
      requiresSession: false,
      requiresDuplicateDetection: false,
      defaultMessageTimeToLive: "P10675199DT2H48M5.4775807S",
      deadLetteringOnMessageExpiration: false,
      duplicateDetectionHistoryTimeWindow: "PT10M",
      enableBatchedOperations: true,
      enablePartitioning: false,
      enableExpress: false,
      autoDeleteOnIdle: "P10675199DT2H48M5.4775807S",
      maxMessageSizeInKilobytes: 256,
      status: "Active",
      availabilityStatus: "Available",
      authorizationRules: undefined,
      forwardTo: undefined,
    });
    expect(await bus.client.getQueue("defaults")).toEqual(queue);
  });

  test("keeps every setting it is created with", async () => {
    await bus.client.createQueue("destination");
    const settings: CreateQueueOptions = {
      lockDuration: "PT30S",
      maxSizeInMegabytes: 2048,
      maxDeliveryCount: 3,
      requiresDuplicateDetection: true,
      defaultMessageTimeToLive: "P1D",
      deadLetteringOnMessageExpiration: true,
      duplicateDetectionHistoryTimeWindow: "PT2M",
      enableBatchedOperations: false,
      autoDeleteOnIdle: "PT1H",
      maxMessageSizeInKilobytes: 512,
      userMetadata: `<&"' ü`,
      status: "ReceiveDisabled",
      authorizationRules: [
        {
          claimType: "SharedAccessKey",
          accessRights: ["Manage", "Listen", "Send"],
          keyName: "all",
          primaryKey: "cHJpbWFyeQ==",
          secondaryKey: "c2Vjb25kYXJ5",
        },
      ],
    };
    await bus.client.createQueue("all-settings", {
      ...settings,
      forwardTo: "destination",
      forwardDeadLetteredMessagesTo: "destination",
    });
    expect(await bus.client.getQueue("all-settings")).toMatchObject({
      ...settings,
      forwardTo: `sb://${bus.host}/destination`,
      forwardDeadLetteredMessagesTo: `sb://${bus.host}/destination`,
    });
  });

  test("may have a name of several segments", async () => {
    await bus.client.createQueue("shop/orders");
    expect(await bus.client.getQueue("shop/orders")).toMatchObject({ name: "shop/orders" });
    await bus.client.deleteQueue("shop/orders");
    expect(await bus.client.queueExists("shop/orders")).toBe(false);
  });

  test("exists from its creation to its deletion, whatever the case of its name", async () => {
    expect(await bus.client.queueExists("brief")).toBe(false);
    await bus.client.createQueue("Brief");
    expect(await bus.client.queueExists("brief")).toBe(true);
    await bus.client.deleteQueue("brief");
    expect(await bus.client.queueExists("Brief")).toBe(false);
  });

  test("is not found once it is gone", async () => {
    await expect(bus.client.getQueue("nowhere")).rejects.toMatchObject({ code: "MessageEntityNotFoundError" });
    await expect(bus.client.getQueueRuntimeProperties("nowhere")).rejects.toMatchObject({
      code: "MessageEntityNotFoundError",
    });
    await expect(bus.client.deleteQueue("nowhere")).rejects.toMatchObject({
      code: "MessageEntityNotFoundError",
      statusCode: 404,
      message: expect.stringContaining("SubCode=40400"),
    });
    await expect(
      bus.client.updateQueue({ ...(await bus.client.createQueue("here")), name: "nowhere" }),
    ).rejects.toMatchObject({ statusCode: 404 });
  });

  test("cannot be created twice", async () => {
    await bus.client.createQueue("twice");
    await expect(bus.client.createQueue("Twice")).rejects.toMatchObject({
      code: "MessageEntityAlreadyExistsError",
      statusCode: 409,
      message: expect.stringContaining("already exists"),
    });
    await expect(bus.client.createTopic("twice")).rejects.toMatchObject({ statusCode: 409 });
  });

  test("takes a changed description", async () => {
    const queue = await bus.client.createQueue("changing", { maxDeliveryCount: 3, userMetadata: "before" });
    const updated = await bus.client.updateQueue({
      ...queue,
      lockDuration: "PT45S",
      status: "Disabled",
      userMetadata: "after",
    });
    expect(updated).toMatchObject({
      lockDuration: "PT45S",
      status: "Disabled",
      userMetadata: "after",
      maxDeliveryCount: 3,
    });
    expect(await bus.client.getQueue("changing")).toEqual(updated);
  });

  test("stops forwarding once an update names no destination", async () => {
    await bus.client.createQueue("target");
    const queue = await bus.client.createQueue("forwarding", { forwardTo: "target" });
    const { forwardTo: _, ...rest } = queue;
    expect(await bus.client.updateQueue(rest)).toMatchObject({ forwardTo: undefined });
  });

  test.each(["requiresSession", "requiresDuplicateDetection", "enablePartitioning"] as const)(
    "cannot change %s after its creation",
    async (property) => {
      const queue = await bus.client.createQueue(`fixed-${property}`);
      await expect(bus.client.updateQueue({ ...queue, [property]: true })).rejects.toMatchObject({
        statusCode: 400,
        message: expect.stringContaining(`'${property}' property of an existing entity`),
      });
    },
  );

  test("reports how many messages it holds, in which state, and when it was used", async () => {
    const before = Date.now() - 1000;
    await bus.client.createQueue("counted");
    const sender = bus.messages.createSender("counted");
    await sender.sendMessages([{ body: "dead" }, { body: "one" }, { body: "two" }]);
    await sender.scheduleMessages({ body: "later" }, new Date(Date.now() + 3_600_000));
    const receiver = bus.messages.createReceiver("counted");
    const [dead] = await receiver.receiveMessages(1);
    if (dead === undefined) throw new Error("A message was sent, and none came.");
    await receiver.deadLetterMessage(dead);
    const runtime = await bus.client.getQueueRuntimeProperties("counted");
    expect(runtime).toMatchObject({
      name: "counted",
      totalMessageCount: 4,
      activeMessageCount: 2,
      deadLetterMessageCount: 1,
      scheduledMessageCount: 1,
      transferMessageCount: 0,
      transferDeadLetterMessageCount: 0,
    });
    expect(runtime.sizeInBytes).toBeGreaterThan(0);
    for (const time of [runtime.createdAt, runtime.modifiedAt, runtime.accessedAt]) {
      expect(time.getTime()).toBeGreaterThan(before);
    }
  });
});

describe("a queue's description is refused, naming property, value and range, for", () => {
  test.each<[string, CreateQueueOptions, string]>([
    [
      "a lock of more than five minutes",
      { lockDuration: "PT6M" },
      "'lockDuration' of 'refused' was given 'PT6M', but takes a duration from",
    ],
    ["a lock that is no duration", { lockDuration: "60" }, "takes an ISO 8601 duration above zero, such as PT1M"],
    ["a duration of nothing", { defaultMessageTimeToLive: "PT0S" }, "'defaultMessageTimeToLive'"],
    ["idleness below five minutes", { autoDeleteOnIdle: "PT4M" }, "'autoDeleteOnIdle'"],
    ["a duplicate window above a week", { duplicateDetectionHistoryTimeWindow: "P8D" }, "to P7D"],
    ["no deliveries", { maxDeliveryCount: 0 }, "a whole number from 1 to 2000"],
    ["too many deliveries", { maxDeliveryCount: 2001 }, "'maxDeliveryCount'"],
    ["a size that is not offered", { maxSizeInMegabytes: 16384 }, "one of 1024, 2048"],
    ["user metadata beyond 1,024 characters", { userMetadata: "x".repeat(1025) }, "at most 1024"],
    [
      "sessions that forward",
      { requiresSession: true, forwardTo: "destination" },
      "an entity with sessions cannot forward",
    ],
    ["a status that only the service sets", { status: "Deleting" as never }, "one of Active, Disabled"],
    ["a status that there is none of", { status: "Sleeping" as never }, "Status needs one of"],
    ["forwarding to itself", { forwardTo: "refused" }, "cannot forward to itself"],
  ])("%s", async (_case, options, problem) => {
    await expect(bus.client.createQueue("refused", options)).rejects.toMatchObject({
      statusCode: 400,
      code: "ServiceError",
      message: expect.stringMatching(new RegExp(`^SubCode=40000\\..*${problem}`, "u")),
    });
    expect(await bus.client.queueExists("refused")).toBe(false);
  });

  test("forwarding to what is not there", async () => {
    await expect(bus.client.createQueue("refused", { forwardTo: "nowhere" })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringMatching(/SubCode=40400\..*'nowhere' could not be found/u),
    });
  });

  test.each([
    ["a reserved character", "a#b"],
    ["an edge that is no letter or number", "-a"],
    ["an empty segment", "a//b"],
    ["a space", "a b"],
    ["more than 260 characters", "x".repeat(261)],
  ])("a name with %s", async (_case, name) => {
    await expect(bus.client.createQueue(encodeURIComponent(name))).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining(`is not valid`),
    });
  });
});
