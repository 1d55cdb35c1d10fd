import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import rhea, { type Connection, type EventContext } from "rhea";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startServiceBus } from "./service-bus.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";

let folder: string;
let data: string;
let connection: Connection | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "service-bus-gathered-"));
  data = join(folder, "data");
});
afterEach(async () => {
  connection?.close();
  connection = undefined;
  await rm(folder, { recursive: true });
});

const queues = [{ name: "q" }];

async function connect(port: number): Promise<Connection> {
  connection = rhea.create_container().connect({ host: "127.0.0.1", port, reconnect: false });
  connection.on("disconnected", () => {});
  await once(connection, "connection_open");
  return connection;
}

async function send(to: Connection, ...ids: readonly string[]): Promise<void> {
  const sender = to.open_sender({ target: { address: "q" } });
  await once(sender, "sendable");
  for (const id of ids) {
    const accepted = once(sender, "accepted");
    sender.send({ message_id: id, body: id });
    await accepted;
  }
}

/** Receives and settles first, so that nobody is told what becomes of it; the answered detach says it has been read. */
async function settleFirst(from: Connection, count: number): Promise<void> {
  const receiver = from.open_receiver({ source: { address: "q" }, autoaccept: true, credit_window: 0 });
  let received = 0;
  receiver.on("message", () => {
    received++;
    if (received === count) setImmediate(() => receiver.close());
  });
  receiver.add_credit(count);
  await once(receiver, "receiver_close");
}

/** What a broker finds that starts on this folder: the ids, locked ones among them, and how often each was delivered. */
async function messagesIn(image: string): Promise<readonly string[]> {
  await using bus = await startServiceBus({ data: image });
  const reading = rhea.create_container().connect({ host: "127.0.0.1", port: bus.port, reconnect: false });
  const ids: string[] = [];
  const receiver = reading.open_receiver({ source: { address: "q" }, snd_settle_mode: 1, credit_window: 0 });
  receiver.on("message", ({ message }: EventContext) => ids.push(String(message?.message_id)));
  const drained = once(receiver, "receiver_drained");
  receiver.add_credit(100);
  receiver.drain_credit();
  await drained;
  const closed = once(reading, "connection_close");
  reading.close();
  await closed;
  return ids;
}

/** What the disk holds at this moment, as a crash would leave it. */
async function whatACrashLeaves(): Promise<readonly string[]> {
  const image = join(folder, "image");
  await cp(data, image, { recursive: true });
  const ids = await messagesIn(image);
  await rm(image, { recursive: true });
  return ids;
}

describe("A settlement that nobody waits for", () => {
  test("is on disk within moments, whether or not anything else happens", async () => {
    await using bus = await startServiceBus({ data, queues });
    const client = await connect(bus.port);
    await send(client, "a", "b");
    await settleFirst(client, 1);
    await vi.waitUntil(async () => (await whatACrashLeaves()).join() === "b", { timeout: 10_000 });
  });

  test("is on disk once anything that came after it has been acknowledged", async () => {
    await using bus = await startServiceBus({ data, queues });
    const client = await connect(bus.port);
    await send(client, "a", "b");
    await settleFirst(client, 2);
    await send(client, "c");
    expect(await whatACrashLeaves()).toEqual(["c"]);
  });

  test("is on disk after the broker was closed", async () => {
    const bus = await startServiceBus({ data, queues });
    const client = await connect(bus.port);
    await send(client, "a", "b");
    await settleFirst(client, 1);
    await bus.close();
    expect(await messagesIn(data)).toEqual(["b"]);
  });

  test("is on disk after the process has exited without closing the broker", async () => {
    const bus = await startServiceBus({ data, queues });
    await send(await connect(bus.port), "a", "b");
    await bus.close();
    const child = spawn(process.execPath, ["--input-type=module", "--eval", programThatExits, data], {
      cwd: join(import.meta.dirname, ".."),
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
    expect(await messagesIn(data)).toEqual(["b"]);
  });

  test("is gathered with others, up to a bound", () => {
    const store = openSqliteStore(data);
    const saves = (from: number, to: number) => {
      for (let queue = from; queue <= to; queue++) store.journal.saveLastSequence(queue, 1);
    };
    saves(1, 999);
    expect(store.isDue).toBe(false);
    saves(1000, 1000);
    expect(store.isDue).toBe(true);
    store.commit();
    expect(store.isDue).toBe(false);
    saves(1, 1);
    store.journal.afterCommit(() => {});
    expect(store.isDue).toBe(true);
    store.commit();
    store.close();
  });
});

/** Exits in the same turn of the event loop in which the broker has read the settlement. */
const programThatExits = `
  import rhea from "rhea";
  import { startServiceBus } from "./src/index.ts";
  const bus = await startServiceBus({ data: process.argv[1] });
  const connection = rhea.create_container().connect({ host: "127.0.0.1", port: bus.port, reconnect: false });
  const receiver = connection.open_receiver({ source: { address: "q" }, credit_window: 0 });
  receiver.add_credit(1);
  receiver.on("message", () => setImmediate(() => receiver.close()));
  receiver.on("receiver_close", () => process.exit(0));
`;
