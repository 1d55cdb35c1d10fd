import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceBusClient, ServiceBusError } from "@azure/service-bus";
import type { Connection, Delivery, EventContext } from "rhea";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { dotNetGuid } from "../amqp/dot-net.ts";
import { accepted, types } from "../amqp/rhea.ts";
import { type ServiceBus, startServiceBus } from "../service-bus.ts";
import { closePlainly, connectPlainly, openRequests } from "../testing/plain-client.ts";

const uuidCode = 0x98;
const lost = "lost";
const live = "live";
/** What has become of the locks of messages that are then completed in one turn. */
const patterns = [
  [live, lost, live],
  [lost, live, live],
  [live, live, lost],
  [lost, lost, live],
  [lost, live, lost, live, lost, live, lost, live],
];

describe.each([
  { kind: "in memory", isDurable: false },
  { kind: "on disk", isDurable: true },
])("Of what is settled in one turn, $kind,", ({ isDurable }) => {
  let folder: string;
  let bus: ServiceBus;
  let client: ServiceBusClient;
  let connection: Connection;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "service-bus-outcomes-"));
    const queues = [{ name: "q" }, { name: "sessions", requiresSession: true }];
    bus = await startServiceBus({ queues, ...(isDurable && { data: folder }) });
    client = new ServiceBusClient(bus.connectionString, { retryOptions: { maxRetries: 0 } });
    connection = await connectPlainly(bus.port);
  });
  afterEach(async () => {
    await closePlainly(connection);
    await client.close();
    await bus.close();
    await rm(folder, { recursive: true });
  });

  const fill = (count: number) =>
    client.createSender("q").sendMessages(Array.from({ length: count }, (_, body) => ({ body })));

  /** Gives back messages behind the backs of those who hold them. @param tokens in the order of the wire's uuid */
  async function loseLocks(tokens: readonly Buffer[]): Promise<void> {
    const { ask } = await openRequests(connection, "q/$management");
    const body = { "disposition-status": "abandoned", "lock-tokens": types.wrap_array(tokens, uuidCode) };
    const reply = await ask("com.microsoft:update-disposition", body);
    expect(reply.application_properties).toMatchObject({ statusCode: 200 });
  }

  const bodiesLeft = async () => (await client.createReceiver("q").peekMessages(10)).map(({ body }) => body);
  const indicesOfLost = (pattern: readonly string[]) => pattern.flatMap((lock, index) => (lock === lost ? index : []));

  test.each(patterns.map((pattern) => ({ pattern })))(
    "the SDK is told of each by itself: $pattern",
    async ({ pattern }) => {
      await fill(pattern.length);
      const receiver = client.createReceiver("q");
      const messages = await receiver.receiveMessages(pattern.length);
      const tokens = messages.map(({ lockToken }) => Buffer.from((lockToken ?? "").replaceAll("-", ""), "hex"));
      await loseLocks(tokens.filter((_, index) => pattern[index] === lost));
      const outcomes = await Promise.allSettled(messages.map((message) => receiver.completeMessage(message)));
      expect(outcomes.map(codeOf)).toEqual(pattern.map((lock) => (lock === lost ? "MessageLockLost" : "fulfilled")));
      expect(await bodiesLeft()).toEqual(indicesOfLost(pattern));
    },
  );

  test.each(patterns.map((pattern) => ({ pattern })))(
    "a plain client is told of each by itself: $pattern",
    async ({ pattern }) => {
      await fill(pattern.length);
      const receiver = connection.open_receiver({
        source: "q",
        autoaccept: false,
        rcv_settle_mode: 1,
        credit_window: 0,
      });
      const deliveries: Delivery[] = [];
      receiver.on("message", ({ delivery }: EventContext) => delivery && deliveries.push(delivery));
      receiver.add_credit(pattern.length);
      await vi.waitUntil(() => deliveries.length === pattern.length, { timeout: 10_000 });
      const tokens = deliveries.map(({ tag }) => dotNetGuid(Buffer.from(tag).toString("hex")));
      await loseLocks(tokens.filter((_, index) => pattern[index] === lost));
      const told = new Map<Delivery, string>();
      receiver.on("settled", ({ delivery }: EventContext) => delivery && told.set(delivery, toldOf(delivery)));
      for (const delivery of deliveries) delivery.update(false, accepted);
      await vi.waitUntil(() => told.size === pattern.length, { timeout: 10_000 });
      expect(deliveries.map((delivery) => told.get(delivery))).toEqual(
        pattern.map((lock) => (lock === lost ? "com.microsoft:message-lock-lost" : "accepted")),
      );
      expect(await bodiesLeft()).toEqual(indicesOfLost(pattern));
    },
  );

  test("the SDK is told which of its sends was refused, wherever among the others it stands", async () => {
    const sender = client.createSender("sessions");
    await sender.sendMessages({ body: "opens the link", sessionId: "s" });
    const sends = [true, false, true, true, false].map((isWhole) => (isWhole ? { sessionId: "s" } : {}));
    const outcomes = await Promise.allSettled(sends.map((send, body) => sender.sendMessages({ body, ...send })));
    expect(outcomes.map(({ status }) => status)).toEqual(
      sends.map(({ sessionId }) => (sessionId ? "fulfilled" : "rejected")),
    );
    expect((await client.createReceiver("sessions").peekMessages(10)).map(({ body }) => body)).toEqual([
      "opens the link",
      0,
      2,
      3,
    ]);
  });
});

function codeOf(outcome: PromiseSettledResult<void>): string {
  if (outcome.status === "fulfilled") return outcome.status;
  return outcome.reason instanceof ServiceBusError ? outcome.reason.code : String(outcome.reason);
}

function toldOf({ remote_state }: Delivery): string {
  return remote_state?.error?.condition ?? "accepted";
}
