import { once } from "node:events";
import { ServiceBusClient } from "@azure/service-bus";
import type { Connection, EventContext, Sender } from "rhea";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServiceBus, startServiceBus } from "../service-bus.ts";
import { closePlainly, connectPlainly } from "../testing/plain-client.ts";

const body = [0, 0x53, 0x77, 0xa1, 1, 0x61];
const text = [0xa1, 1, 0x61];
const keyWithoutValue = [0xc1, 4, 1, ...text];
const emptyMap = [0xc1, 1, 0];
const list = [0xc0, 7, 2, ...text, ...text];
const section = (code: number, value: readonly number[]) => [0, 0x53, code, ...value];

/** Messages of well-formed values that are not those which their sections have to be. */
const oddMessages: readonly (readonly [string, readonly number[]])[] = [
  ["a header that is a text", [...section(0x70, text), ...body]],
  ["a header that is a map", [...section(0x70, emptyMap), ...body]],
  ["annotations for the delivery that are a text", [...section(0x71, text), ...body]],
  ["annotations that are a text", [...section(0x72, text), ...body]],
  ["annotations that are a list", [...section(0x72, list), ...body]],
  ["annotations with a key and no value", [...section(0x72, keyWithoutValue), ...body]],
  ["properties that are a text", [...section(0x73, text), ...body]],
  ["application properties that are a text", [...section(0x74, text), ...body]],
  ["application properties that are null", [...section(0x74, [0x40]), ...body]],
  ["application properties that are a list", [...section(0x74, list), ...body]],
  ["application properties with a key and no value", [...section(0x74, keyWithoutValue), ...body]],
  ["application properties twice", [...section(0x74, emptyMap), ...section(0x74, emptyMap), ...body]],
  ["a footer that is a text", [...body, ...section(0x78, text)]],
  ["two values", [...body, ...body]],
  ["its sections in the wrong order", [...body, ...section(0x74, emptyMap)]],
];

describe("A message", () => {
  let bus: ServiceBus;
  let connection: Connection;
  let sender: Sender;

  beforeAll(async () => {
    const expiring = { deadLetteringOnMessageExpiration: true, defaultMessageTimeToLive: "PT1S" };
    bus = await startServiceBus({ queues: [{ name: "expiring", ...expiring }] });
    connection = await connectPlainly(bus.port);
    sender = connection.open_sender("expiring");
    await once(sender, "sendable");
  });
  afterAll(async () => {
    await closePlainly(connection);
    await bus.close();
  });

  async function conditionOf(bytes: readonly number[]): Promise<string | undefined> {
    const settled = once(sender, "settled") as Promise<[EventContext]>;
    sender.send(Buffer.from(bytes), undefined, 0);
    const [{ delivery }] = await settled;
    return delivery?.remote_state?.error?.condition;
  }

  test.each(oddMessages)("that has %s is refused as it comes: nobody is there when it expires", async (_, bytes) => {
    expect(await conditionOf(bytes)).toBe("amqp:decode-error");
  });

  test("with all sections in their order is taken in, and dead-lettered when it expires", async () => {
    const emptyList = [0x45];
    const heads = [0x70, emptyList, 0x71, emptyMap, 0x72, emptyMap, 0x73, emptyList, 0x74, emptyMap];
    const sections = heads.flatMap((head) => (typeof head === "number" ? [0, 0x53, head] : head));
    expect(await conditionOf([...sections, ...body, ...section(0x78, emptyMap)])).toBe(undefined);
    const client = new ServiceBusClient(bus.connectionString);
    const receiver = client.createReceiver("expiring", { subQueueType: "deadLetter" });
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
    expect(message).toMatchObject({ body: "a", deadLetterReason: "TTLExpiredException" });
    await client.close();
  });
});
