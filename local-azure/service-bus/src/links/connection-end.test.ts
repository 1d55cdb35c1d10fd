import { once } from "node:events";
import { connect, type Socket } from "node:net";
import rhea, { type Connection, type ConnectionError, type EventContext } from "rhea";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ServiceBus, startServiceBus } from "../service-bus.ts";
import { beginSession, closePlainly, connectPlainly, openRequests } from "../testing/plain-client.ts";

const management = "q/$management";
const peek = "com.microsoft:peek-message";
const peekBody = { "from-sequence-number": 1, "message-count": 1 };
/** Longer than the broker waits for a silent client, in milliseconds. */
const longSilence = 120_500;

let bus: ServiceBus;
beforeEach(async () => {
  bus = await startServiceBus({ queues: [{ name: "q" }] });
});
afterEach(() => bus.close());

/** Has the broker end a connection: says something that is no frame. */
function provoke(connection: Connection): void {
  (connection as unknown as { readonly socket: Socket }).socket.write(Buffer.from([0, 0, 0, 4, 2, 0, 0, 0]));
}

/** What the broker tells those on a connection that it ends, in the order in which they learn of it. */
async function toldAtTheEnd(options: object): Promise<readonly string[]> {
  const connection = rhea
    .create_container()
    .connect({ host: "127.0.0.1", port: bus.port, reconnect: false, ...options });
  const { sender } = await openRequests(connection, management);
  const told: string[] = [];
  sender.on("sender_error", () => told.push(`link: ${(sender.error as ConnectionError).condition}`));
  connection.on("connection_error", ({ error }: EventContext) => {
    told.push(`connection: ${(error as ConnectionError).condition}`);
  });
  const isOver = once(connection, "disconnected");
  provoke(connection);
  await isOver;
  return told;
}

describe("A connection that the broker ends", () => {
  test("tells those who wait for an answer first, then the client, and is over", async () => {
    expect(await toldAtTheEnd({})).toEqual(["link: amqp:connection:forced", "connection: amqp:connection:forced"]);
  });

  test("is over without a close for the JavaScript SDK, which would take it for its own", async () => {
    expect(await toldAtTheEnd({ properties: { product: "MSJSClient" } })).toEqual(["link: amqp:connection:forced"]);
  });

  test("is closed when the client is silent for too long, or does not hang up", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const socket = connect({ port: bus.port, host: "127.0.0.1", allowHalfOpen: true });
      let heard = "";
      socket.on("data", (chunk) => {
        heard += chunk.toString("latin1");
      });
      const open = [0, 0, 0, 16, 2, 0, 0, 0, 0, 0x53, 0x10, 0xc0, 3, 1, 0xa1, 0];
      socket.write(Buffer.concat([Buffer.from("AMQP\x00\x01\x00\x00", "latin1"), Buffer.from(open)]));
      await vi.waitUntil(() => heard.includes("local-azure-service-bus"));
      vi.advanceTimersByTime(longSilence);
      await once(socket, "end");
      expect(heard).toContain("amqp:connection:forced");
      expect(heard).toContain("The client was silent for longer than the idle time-out allows.");
      const isHungUpOn = once(socket, "error");
      vi.advanceTimersByTime(1000);
      const talking = setInterval(() => socket.write("still here"), 10);
      await isHungUpOn.finally(() => clearInterval(talking));
    } finally {
      vi.useRealTimers();
    }
  });

  test("is one that asks for frames of a size that nobody may ask for", async () => {
    const connection = rhea
      .create_container()
      .connect({ host: "127.0.0.1", port: bus.port, reconnect: false, max_frame_size: 40 });
    connection.on("disconnected", () => {});
    const [{ error }] = (await once(connection, "connection_error")) as [EventContext];
    expect(error).toMatchObject({
      condition: "amqp:connection:forced",
      description: expect.stringContaining("A max-frame-size of 40 bytes was asked for. It has to be 512 or more."),
    });
  });
});

describe("A connection goes on", () => {
  let connection: Connection;
  beforeEach(async () => {
    connection = await connectPlainly(bus.port);
  });
  afterEach(() => closePlainly(connection));

  async function expectToGoOn(): Promise<void> {
    const { ask } = await openRequests(connection, management);
    expect((await ask(peek, peekBody)).application_properties).toMatchObject({ statusCode: expect.any(Number) });
  }

  test("when something is said of a session that has ended", async () => {
    const session = beginSession(connection);
    const receiver = session.open_receiver({ source: "q", autoaccept: false, credit_window: 1 });
    const sender = connection.open_sender("q");
    await once(sender, "sendable");
    sender.send({ message_id: "one", body: "one" });
    const [{ delivery }] = (await once(receiver, "message")) as [EventContext];
    session.on("session_close", () => delivery?.accept());
    session.close();
    await once(session, "session_close");
    await expectToGoOn();
  });

  test("when a message comes for a link that is detached; its session ends with the reason", async () => {
    const { session, sender } = await openRequests(connection, management);
    sender.close();
    await once(sender, "sender_close");
    const isOver = once(session, "session_error");
    sender.send({ message_id: "late", application_properties: { operation: peek }, body: peekBody });
    await isOver;
    expect(session.error).toMatchObject({ condition: "amqp:session:unattached-handle" });
    await expectToGoOn();
  });
});
