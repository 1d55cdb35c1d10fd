import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ServiceBusClient } from "@azure/service-bus";
import fc from "fast-check";
import rhea, { type EventContext } from "rhea";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ServiceBus, startServiceBus } from "../service-bus.ts";

let bus: ServiceBus;
beforeAll(async () => {
  bus = await startServiceBus({
    queues: [{ name: "q" }, { name: "well" }, { name: "s", requiresSession: true, lockDuration: "PT1M" }],
  });
});
afterAll(() => bus.close());

const amqpHeader = Buffer.from("AMQP\x00\x01\x00\x00", "latin1");
const saslHeader = Buffer.from("AMQP\x03\x01\x00\x00", "latin1");

async function open(): Promise<Socket> {
  const socket = connect(bus.port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Sends these bytes and waits until the broker has hung up, or has shown that it still waits for more. */
async function provoke(bytes: Buffer): Promise<void> {
  const socket = await open();
  socket.resume();
  socket.write(bytes);
  socket.end();
  await once(socket, "close");
}

async function isWell(): Promise<void> {
  const client = new ServiceBusClient(bus.connectionString);
  await client.createSender("well").sendMessages({ body: "well" });
  const receiver = client.createReceiver("well", { receiveMode: "receiveAndDelete" });
  expect((await receiver.receiveMessages(1))[0]?.body).toBe("well");
  await client.close();
}

function frame(body: Buffer, type = 0): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 2, type, 0, 0]);
  head.writeUInt32BE(8 + body.length);
  return Buffer.concat([head, body]);
}

const list = (code: number, ...items: number[][]) => {
  const body = items.flat();
  return Buffer.from([0, 0x53, code, 0xc0, body.length + 1, items.length, ...body]);
};
const openFrame = frame(list(0x10, [0xa1, 1, 0x61]));
const beginFrame = frame(list(0x11, [0x40], [0x43], [0x52, 100], [0x52, 100]));

/** Frames that are well-formed and yet make no sense, or too much of it. */
const nonsenseFrames: readonly (readonly [string, Buffer])[] = [
  [
    "a disposition of four thousand million deliveries",
    frame(list(0x15, [0x41], [0x43], [0x70, 255, 255, 255, 254], [0x41])),
  ],
  ["a disposition of as many incoming ones", frame(list(0x15, [0x42], [0x43], [0x70, 255, 255, 255, 254], [0x41]))],
  ["a transfer on a link that is not there", frame(list(0x14, [0x43], [0x43]))],
  ["a flow on a link that is not there", frame(list(0x13, [0x43], [0x43], [0x43], [0x43], [0x52, 9], [0x43], [0x43]))],
  ["a detach of a link that is not there", frame(list(0x16, [0x43]))],
  ["an attach without a name", frame(list(0x12, [0x40], [0x43], [0x41]))],
  ["a second open", openFrame],
  [
    "an end of a session on another channel",
    Buffer.from([0, 0, 0, 15, 2, 0, 0, 9, 0, 0x53, 0x17, 0xc0, 1, 0, 0].slice(0, 14)),
  ],
  ["an array of a million nothings", frame(Buffer.from([0, 0x53, 0x10, 0xf0, 0, 0, 0, 5, 0, 15, 66, 64, 0x40]))],
  ["a performative that is a string", frame(Buffer.from([0, 0x53, 0x10, 0xa1, 1, 0x61]))],
  ["a frame of two gigabytes", Buffer.from([0x7f, 255, 255, 255, 2, 0, 0, 0])],
  ["a frame shorter than its head", Buffer.from([0, 0, 0, 4, 2, 0, 0, 0])],
];

test.each([
  ["says nothing", Buffer.alloc(0)],
  ["says that it speaks AMQP and no more", amqpHeader],
  ["says that it has a key and no more", saslHeader],
])("a client that %s is let go", async (_, bytes) => {
  await using impatient = await startServiceBus({ openWithinMs: 200 });
  const socket = connect(impatient.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.resume();
  socket.write(bytes);
  await once(socket, "close", { signal: AbortSignal.timeout(5_000) });
});

test("a client that has opened its connection keeps it", async () => {
  await using impatient = await startServiceBus({ queues: [{ name: "q" }], openWithinMs: 200 });
  const client = new ServiceBusClient(impatient.connectionString);
  const receiver = client.createReceiver("q", { receiveMode: "receiveAndDelete" });
  // Waits on one connection for longer than it may take to open one.
  const received = receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
  const late = connect(impatient.port, "127.0.0.1");
  late.on("error", () => {});
  late.resume();
  late.write(amqpHeader);
  await once(late, "close", { signal: AbortSignal.timeout(5_000) });
  await client.createSender("q").sendMessages({ body: "still there" });
  expect((await received)[0]?.body).toBe("still there");
  await client.close();
});

describe("A broker among clients that misbehave", () => {
  test.each(nonsenseFrames)("survives %s", async (_, nonsense) => {
    await provoke(Buffer.concat([amqpHeader, openFrame, beginFrame, nonsense]));
    await isWell();
  });

  test("survives whatever bytes come, before and after a connection is open", async () => {
    const anything = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const framed = anything.map((bytes) => frame(bytes));
    const described = fc
      .tuple(fc.integer({ min: 0x10, max: 0x18 }), fc.uint8Array({ maxLength: 60 }))
      .map(([code, bytes]) => frame(Buffer.from([0, 0x53, code, 0xc0, bytes.length + 1, countIn(bytes), ...bytes])));
    const start = fc.constantFrom(
      Buffer.alloc(0),
      amqpHeader,
      saslHeader,
      Buffer.concat([amqpHeader, openFrame]),
      Buffer.concat([amqpHeader, openFrame, beginFrame]),
    );
    const input = fc.tuple(start, fc.array(fc.oneof(anything, framed, described), { minLength: 1, maxLength: 5 }));
    await fc.assert(
      fc.asyncProperty(input, ([head, rest]) => provoke(Buffer.concat([head, ...rest]))),
      { numRuns: 300 },
    );
    await isWell();
  });

  test("survives every way of spoiling one byte of a conversation that makes sense", async () => {
    const conversation = Buffer.concat([amqpHeader, openFrame, beginFrame, attachTo("q"), transfer()]);
    await fc.assert(
      fc.asyncProperty(fc.nat(conversation.length - 1), fc.nat(255), async (at, value) => {
        const spoiled = Buffer.from(conversation);
        spoiled[at] = value;
        await provoke(spoiled);
      }),
      { numRuns: 300 },
    );
    await isWell();
  });

  test.each([
    ["bytes that are no AMQP", [0x82, 0x83, 0, 0, 0, 0, 1, 2, 3]],
    ["a text", [0x81, 0x81, 0, 0, 0, 0, 0x61]],
    ["a frame that WebSocket does not know", [0xff, 0xff, 0xff, 0xff]],
    ["half a frame", [0x82, 0xff, 0, 0]],
  ])("survives %s over a WebSocket", async (_, said) => {
    const socket = await open();
    socket.write(
      [
        "GET /$servicebus/websocket HTTP/1.1",
        "host: localhost",
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
        "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
        "sec-websocket-protocol: AMQPWSB10",
        "\r\n",
      ].join("\r\n"),
    );
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString("latin1")).toContain("101 Switching Protocols");
    socket.resume();
    socket.end(Buffer.from(said));
    await once(socket, "close");
    await isWell();
  });

  test("takes no notice of a client that connects and says nothing", async () => {
    const silent = await open();
    await isWell();
    silent.destroy();
  });

  test("says which message it cannot read, and keeps the link", async () => {
    const connection = rhea.create_container().connect({ host: "127.0.0.1", port: bus.port, reconnect: false });
    const sender = connection.open_sender("q");
    await once(sender, "sendable");
    const rejected = once(sender, "rejected") as Promise<[EventContext]>;
    sender.send(Buffer.from([1, 2, 3]), undefined, 0);
    const [{ delivery }] = await rejected;
    expect(delivery?.remote_state).toMatchObject({ error: { condition: "amqp:decode-error" } });
    const accepted = once(sender, "accepted");
    sender.send({ message_id: "good", body: "good" });
    await accepted;
    connection.close();
    await once(connection, "connection_close");
  });

  test("frees the session of a client that vanishes", async () => {
    const vanishing = rhea.create_container().connect({ host: "127.0.0.1", port: bus.port, reconnect: false });
    vanishing.on("disconnected", () => {});
    const receiver = vanishing.open_receiver({
      source: { address: "s", filter: { "com.microsoft:session-filter": "x" } },
    });
    await once(receiver, "receiver_open");
    const client = new ServiceBusClient(bus.connectionString, { retryOptions: { maxRetries: 0 } });
    await expect(client.acceptSession("s", "x")).rejects.toMatchObject({ code: "SessionCannotBeLocked" });
    (vanishing as unknown as { socket: Socket }).socket.destroy();
    let session: Awaited<ReturnType<typeof client.acceptSession>> | undefined;
    const tryAgain = async () => {
      session = await client.acceptSession("s", "x").catch(() => undefined);
      if (!session) await tryAgain();
    };
    await tryAgain();
    expect(session?.sessionId).toBe("x");
    await client.close();
  });

  test("stops handing messages to a client that does not read, and serves the others", async () => {
    const client = new ServiceBusClient(bus.connectionString);
    const sender = client.createSender("q");
    for (let index = 0; index < 150; index++) await sender.sendMessages({ body: Buffer.alloc(200_000) });
    const deaf = rhea.create_container().connect({ host: "127.0.0.1", port: bus.port, reconnect: false });
    deaf.on("disconnected", () => {});
    const receiver = deaf.open_receiver({ source: "q", credit_window: 0, snd_settle_mode: 1 });
    await once(receiver, "receiver_open");
    (deaf as unknown as { socket: Socket }).socket.pause();
    receiver.add_credit(1000);
    // Thirty megabytes were wanted; the broker keeps back what would only fill its memory.
    const peeking = client.createReceiver("q");
    await vi.waitUntil(async () => ((await peeking.peekMessages(1))[0]?.sequenceNumber?.toNumber() ?? 0) > 1, {
      timeout: 10_000,
    });
    await isWell();
    expect(await peeking.peekMessages(1)).toHaveLength(1);
    (deaf as unknown as { socket: Socket }).socket.destroy();
    await client.close();
  });
});

function countIn(bytes: Uint8Array): number {
  return (bytes[0] ?? 0) % 8;
}

function attachTo(queue: string): Buffer {
  const name = [0xa1, 1, 0x6c];
  const target = [0, 0x53, 0x29, 0xc0, queue.length + 3, 1, 0xa1, queue.length, ...Buffer.from(queue)];
  const source = [0, 0x53, 0x28, 0x45];
  return frame(list(0x12, name, [0x43], [0x42], [0x50, 0], [0x50, 0], source, target, [0x40], [0x40], [0x43]));
}

function transfer(): Buffer {
  const fields = list(0x14, [0x43], [0x43], [0xa0, 1, 1], [0x43], [0x41]);
  return frame(Buffer.concat([fields, Buffer.from([0, 0x53, 0x77, 0xa1, 1, 0x61])]));
}
