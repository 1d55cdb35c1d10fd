import { once } from "node:events";
import { ServiceBusClient } from "@azure/service-bus";
import rhea, { type Connection, type Delivery, type EventContext, type Sender } from "rhea";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { encodeTyped, type Typed, types } from "../amqp/rhea.ts";
import { type ServiceBus, startServiceBus } from "../service-bus.ts";

const declareCode = 0x31;
const dischargeCode = 0x32;
const transactionalStateCode = 0x34;
const transferStateField = 7;

let bus: ServiceBus;
let connection: Connection;
let coordinator: Sender;
let client: ServiceBusClient;

beforeEach(async () => {
  // The client's rhea complains of what it does not know, and passes it on all the same.
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
  bus = await startServiceBus({ queues: [{ name: "q" }, { name: "other" }] });
  client = new ServiceBusClient(bus.connectionString);
  connection = rhea.create_container().connect({ host: "127.0.0.1", port: bus.port, reconnect: false });
  connection.on("disconnected", () => {});
  coordinator = connection.open_sender({ name: "coordinator", target: { address: "" } });
  internals(coordinator).local.attach.target = described(0x30, []);
  await once(coordinator, "sendable");
});
afterEach(async () => {
  connection.close();
  await client.close();
  await bus.close();
  vi.restoreAllMocks();
});

const described = (code: number, fields: readonly unknown[]): Typed =>
  types.described_nc(types.wrap_ulong(code), types.wrap_list(fields));

/** What rhea's typings leave out and a transactional client needs. */
function internals(link: Sender) {
  return link as unknown as {
    local: { attach: { target: Typed } };
    session: { output: (frame: { value: unknown[] }, payload?: Buffer) => void };
  };
}

async function settled(
  sender: Sender,
  delivery: Delivery,
): Promise<{
  readonly descriptor?: { value: number };
  readonly value?: readonly Typed[];
  readonly error?: { condition: string };
}> {
  for (;;) {
    const [event] = (await once(sender, "settled")) as [EventContext];
    if (event.delivery === delivery) return delivery.remote_state ?? {};
  }
}

/** rhea would put the section's descriptor in the place of the command's own. */
function command(body: Typed): Delivery {
  const section = Buffer.from([0, 0x53, 0x77]);
  return coordinator.send(Buffer.concat([section, encodeTyped(body)]), undefined, 0);
}

async function declare(): Promise<Buffer> {
  const state = await settled(coordinator, command(described(declareCode, [])));
  const [id] = state.value ?? [];
  return Buffer.from(id?.value as Buffer);
}

const discharge = (id: Buffer, fail: boolean) => {
  const fields = [types.wrap_binary(id), types.wrap_boolean(fail)];
  return settled(coordinator, command(described(dischargeCode, fields)));
};

/** Sends one message as part of a transaction. */
async function sendWithin(id: Buffer, queue: string, body: string) {
  const sender = connection.open_sender(queue);
  await once(sender, "sendable");
  const { session } = internals(sender);
  const original = session.output;
  session.output = (frame, payload) => {
    if (payload) frame.value[transferStateField] = described(transactionalStateCode, [types.wrap_binary(id)]);
    original.call(session, frame, payload);
  };
  const outcome = settled(sender, sender.send({ message_id: body, body }));
  await new Promise((resolve) => setImmediate(resolve));
  session.output = original;
  return outcome;
}

const waiting = async (queue: string) => (await client.createReceiver(queue).peekMessages(10)).map(({ body }) => body);

describe("A transaction", () => {
  test("shows its messages when it is committed, in every queue at once, and not before", async () => {
    const id = await declare();
    await sendWithin(id, "q", "one");
    await sendWithin(id, "other", "two");
    expect([await waiting("q"), await waiting("other")]).toEqual([[], []]);
    await discharge(id, false);
    expect([await waiting("q"), await waiting("other")]).toEqual([["one"], ["two"]]);
  });

  test("leaves nothing behind when it is rolled back", async () => {
    const id = await declare();
    await sendWithin(id, "q", "one");
    await discharge(id, true);
    expect(await waiting("q")).toEqual([]);
  });

  test("is refused where it was never declared", async () => {
    const state = await sendWithin(Buffer.from("nobody"), "q", "one");
    expect(state.error?.condition).toBe("amqp:transaction:unknown-id");
    expect((await discharge(Buffer.from("nobody"), false)).error?.condition).toBe("amqp:transaction:unknown-id");
  });

  test("completes messages and sends others as one", async () => {
    await client.createSender("q").sendMessages({ body: "in" });
    const receiver = connection.open_receiver({
      source: "q",
      autoaccept: false,
      autosettle: false,
      rcv_settle_mode: 1,
    });
    const [{ delivery }] = (await once(receiver, "message")) as [EventContext];
    const id = await declare();
    const accepted = described(0x24, []);
    const isSettled = once(receiver, "settled");
    delivery?.update(false, described(transactionalStateCode, [types.wrap_binary(id), accepted]));
    await isSettled;
    await sendWithin(id, "other", "out");
    expect(await waiting("q")).toEqual(["in"]);
    await discharge(id, false);
    expect([await waiting("q"), await waiting("other")]).toEqual([[], ["out"]]);
  });
});
