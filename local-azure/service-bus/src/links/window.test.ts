import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import rhea, { type Delivery, type EventContext } from "rhea";
import { describe, expect, test, vi } from "vitest";
import { startServiceBus } from "../service-bus.ts";

/** More than the window of an AMQP session. */
const messageCount = 70_000;
const windowSize = 65_536;
const arraySize = 1000;

async function fill(connectionString: string): Promise<void> {
  const client = new ServiceBusClient(connectionString);
  const sender = client.createSender("q");
  for (let first = 0; first < messageCount; first += arraySize) {
    await sender.sendMessages(
      Array.from({ length: arraySize }, (_, index) => ({ body: 0, messageId: `${first + index}` })),
    );
  }
  await client.close();
}

describe.each([
  { kind: "in memory", isDurable: false, settled: 0 as const },
  { kind: "on disk, gone when delivered", isDurable: true, settled: 1 as const },
])("A receiver that asks for more than a session holds, $kind", ({ isDurable, settled }) => {
  test("is given all, in their order", async () => {
    const data = await mkdtemp(join(tmpdir(), "service-bus-window-"));
    await using bus = await startServiceBus({ queues: [{ name: "q" }], ...(isDurable && { data }) });
    await fill(bus.connectionString);
    const connection = rhea.create_container().connect({ host: "127.0.0.1", port: bus.port, reconnect: false });
    const receiver = connection.open_receiver({ source: { address: "q" }, snd_settle_mode: settled, credit_window: 0 });
    let received = 0;
    let misplaced = 0;
    receiver.on("message", ({ message }: EventContext) => {
      if (message?.message_id !== String(received++)) misplaced++;
    });
    receiver.add_credit(messageCount);
    await vi.waitUntil(() => received === messageCount, { timeout: 30_000 });
    expect(misplaced).toBe(0);
    connection.close();
    await once(connection, "connection_close");
    await rm(data, { recursive: true });
  }, 60_000);
});

test("A receiver that holds all that a session can is given more as soon as it settles", async () => {
  await using bus = await startServiceBus({ queues: [{ name: "q" }] });
  await fill(bus.connectionString);
  // The client's own window is wide: nothing but settlements says that there is room.
  const wide = { reconnect: false, session_buffer_size: 8 * messageCount };
  const connection = rhea.create_container().connect({ host: "127.0.0.1", port: bus.port, ...wide });
  const receiver = connection.open_receiver({ source: { address: "q" }, autoaccept: false, credit_window: 0 });
  const held: Delivery[] = [];
  receiver.on("message", ({ delivery }: EventContext) => delivery && held.push(delivery));
  receiver.add_credit(messageCount);
  await vi.waitUntil(() => held.length === windowSize, { timeout: 30_000 });
  held[0]?.accept();
  await vi.waitUntil(() => held.length === windowSize + 1, { timeout: 10_000 });
  connection.close();
  await once(connection, "connection_close");
}, 60_000);
