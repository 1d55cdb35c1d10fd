import { once } from "node:events";
import { ServiceBusClient } from "@azure/service-bus";
import fc from "fast-check";
import type { Connection, EventContext, Sender } from "rhea";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { operations } from "../management/operations.ts";
import { type ServiceBus, startServiceBus } from "../service-bus.ts";
import { beginSession, closePlainly, connectPlainly, openRequests } from "../testing/plain-client.ts";
import { startRelay } from "../testing/relay.ts";

const management = "q/$management";
const peek = "com.microsoft:peek-message";
const peekBody = { "from-sequence-number": 1, "message-count": 1 };
const statusOf = (reply: { readonly application_properties?: Record<string, unknown> }) =>
  reply.application_properties?.["statusCode"];

describe("A request", () => {
  let bus: ServiceBus;
  let connection: Connection;

  beforeEach(async () => {
    bus = await startServiceBus({ queues: [{ name: "q" }, { name: "sessions", requiresSession: true }] });
    connection = await connectPlainly(bus.port);
  });
  afterEach(async () => {
    await closePlainly(connection);
    await bus.close();
  });

  /** Why the broker has detached a link. */
  async function endOf(sender: Sender): Promise<string | undefined> {
    await once(sender, "sender_error");
    return (sender.error as { readonly condition?: string } | undefined)?.condition;
  }

  test.each([
    ["that is no message", Buffer.from([1, 2, 3]), "amqp:decode-error"],
    ["whose id is no id", withId(Buffer.from([0x41])), "amqp:decode-error"],
    ["larger than the node takes", Buffer.alloc(9 * 1024 * 1024), "amqp:link:message-size-exceeded"],
  ])("%s ends its link with the reason", async (_, bytes, condition) => {
    const { sender } = await openRequests(connection, management);
    const end = endOf(sender);
    sender.send(bytes, undefined, 0);
    expect(await end).toBe(condition);
  });

  test("ends its link where no link takes replies", async () => {
    const sender = beginSession(connection).open_sender(management);
    await once(sender, "sendable");
    const end = endOf(sender);
    sender.send({ message_id: "1", application_properties: { operation: peek }, body: peekBody });
    expect(await end).toBe("amqp:not-allowed");
  });

  test("ends its link where the link for its replies is another session's", async () => {
    await openRequests(connection, management);
    const sender = beginSession(connection).open_sender(management);
    await once(sender, "sendable");
    const end = endOf(sender);
    sender.send({ message_id: "1", application_properties: { operation: peek }, body: peekBody });
    expect(await end).toBe("amqp:not-allowed");
  });

  test("ends its link where the link for its replies is detached while it is under way", async () => {
    const { sender, receiver } = await openRequests(connection, management);
    const end = endOf(sender);
    sender.send({ message_id: "1", application_properties: { operation: peek }, body: peekBody });
    receiver.close();
    expect(await end).toBe("amqp:not-allowed");
  });

  test("is answered on a link that is attached in the same breath", async () => {
    const { session, sender } = await openRequests(connection, management);
    const receiver = session.open_receiver({ source: management, target: "late" });
    sender.send({ message_id: "1", reply_to: "late", application_properties: { operation: peek }, body: peekBody });
    const [{ message }] = (await once(receiver, "message")) as [EventContext];
    expect(message?.correlation_id).toBe("1");
  });

  test("is answered though its own link is detached at once", async () => {
    const { sender, receiver } = await openRequests(connection, management);
    sender.send({ message_id: "1", application_properties: { operation: peek }, body: peekBody });
    sender.close();
    const [{ message }] = (await once(receiver, "message")) as [EventContext];
    expect(message?.correlation_id).toBe("1");
  });

  test("is answered by its correlation-id where it has no message-id", async () => {
    const { sender, receiver } = await openRequests(connection, management);
    sender.send({ correlation_id: "mine", application_properties: { operation: peek }, body: peekBody });
    const [{ message }] = (await once(receiver, "message")) as [EventContext];
    expect(message?.correlation_id).toBe("mine");
  });

  test("waits for credit without holding up the others of its session, and is answered when there is some", async () => {
    const session = beginSession(connection);
    const stingy = session.open_receiver({ source: management, target: "stingy", credit_window: 0 });
    const sender = session.open_sender(management);
    await Promise.all([once(stingy, "receiver_open"), once(sender, "sendable")]);
    const replies: unknown[] = [];
    stingy.on("message", ({ message }: EventContext) => replies.push(message?.correlation_id));
    for (const message_id of ["1", "2"]) {
      sender.send({ message_id, reply_to: "stingy", application_properties: { operation: peek }, body: peekBody });
    }
    const { ask } = await openRequests(connection, "sessions/$management", session);
    expect(statusOf(await ask(peek, peekBody))).toBe(204);
    expect(replies).toEqual([]);
    stingy.add_credit(1);
    await vi.waitUntil(() => replies.length === 1);
    stingy.drain_credit();
    await once(stingy, "receiver_drained");
    stingy.drain = false;
    stingy.add_credit(1);
    await vi.waitUntil(() => replies.length === 2);
    expect(replies).toEqual(["1", "2"]);
  });

  test.each([
    ["66,000 others", 66_000, {}],
    ["5,000 others whose replies the client settles", 5_000, { snd_settle_mode: 0 as const }],
  ])(
    "is answered after %s on its link",
    async (_, count, mode) => {
      const session = beginSession(connection);
      const receiver = session.open_receiver({ source: management, target: "many", ...mode });
      const sender = session.open_sender(management);
      await once(sender, "sendable");
      let sent = 0;
      let answered = 0;
      const sendMore = () => {
        while (sent < count && sender.sendable()) {
          sender.send({ message_id: sent++, application_properties: { operation: peek }, body: peekBody });
        }
      };
      sender.on("sendable", sendMore);
      receiver.on("message", () => answered++);
      sendMore();
      await vi.waitUntil(() => answered === count, { timeout: 60_000 });
    },
    90_000,
  );

  test("is answered whatever its operation and whatever its body", async () => {
    const { ask } = await openRequests(connection, management);
    const field = fc.constantFrom(
      ...["from-sequence-number", "message-count", "lock-tokens", "messages", "sequence-numbers", "session-id"],
      ...["receiver-settle-mode", "disposition-status", "properties-to-modify", "session-state", "last-updated-time"],
      ...["skip", "top", "rule-name", "rule-description"],
    );
    const value = fc.oneof(
      fc.constantFrom(null, true, "", "completed", 0, 1, -1, 1.5, 2 ** 52, [], {}, [{}], Buffer.alloc(0)),
      fc.string(),
      fc.integer(),
      fc.array(fc.integer()),
      fc.dictionary(fc.string(), fc.string()),
    );
    const body = fc.oneof(fc.dictionary(field, value, { minKeys: 1 }), value);
    const operation = fc.constantFrom(...operations.keys(), "com.microsoft:unheard-of");
    await fc.assert(
      fc.asyncProperty(operation, body, async (name, content) => {
        expect(statusOf(await ask(name, content))).toBeTypeOf("number");
      }),
      { numRuns: 500 },
    );
  });
});

describe("The SDK", () => {
  test("is told at once of a request that is too large, and makes the next", async () => {
    await using bus = await startServiceBus({ queues: [{ name: "q", maxMessageSizeInKilobytes: 1024 }] });
    const client = new ServiceBusClient(bus.connectionString, { retryOptions: { maxRetries: 0 } });
    const sender = client.createSender("q");
    const tooMuch = Array.from({ length: 10 }, () => ({ body: Buffer.alloc(900_000) }));
    const later = new Date(Date.now() + 3_600_000);
    await expect(sender.scheduleMessages(tooMuch, later)).rejects.toMatchObject({ code: "MessageSizeExceeded" });
    expect(await sender.scheduleMessages({ body: "small" }, later)).toHaveLength(1);
    await client.close();
  });

  test("is told at once when the broker ends its connection, and goes on with another", async () => {
    await using bus = await startServiceBus({ queues: [{ name: "q" }] });
    const relay = await startRelay(bus.connectionString, bus.port);
    const client = new ServiceBusClient(relay.connectionString, { retryOptions: { retryDelayInMs: 50 } });
    const sender = client.createSender("q");
    const receiver = client.createReceiver("q");
    await sender.sendMessages({ body: "before" });
    expect(await receiver.peekMessages(1)).toHaveLength(1);
    await sender.sendMessages({ body: "second" });
    relay.addToNext(Buffer.from([0, 0, 0, 4, 2, 0, 0, 0])); // a frame shorter than its head
    expect(await receiver.peekMessages(1)).toHaveLength(1);
    await sender.sendMessages({ body: "after" });
    expect((await receiver.receiveMessages(3)).map(({ body }) => body)).toEqual(["before", "second", "after"]);
    await client.close();
    await relay.close();
  });
});

/** A request whose message-id is this value. */
function withId(value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, 0x53, 0x73, 0xc0, value.length + 1, 1]), value]);
}
