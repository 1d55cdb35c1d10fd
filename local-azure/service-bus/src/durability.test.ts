import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import rhea, { type Connection, type Delivery, type EventContext } from "rhea";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const kills = 12;
const mostUnderWay = 100;
const credit = 500;
/** The child lives this long under load before it is killed, in milliseconds: each time a little longer. */
const lifeOf = (round: number) => 20 + round * 20;

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "service-bus-durability-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

/** What the clients know for certain, whatever happened to the broker. */
interface Ledger {
  readonly acknowledged: Set<string>;
  /** Settlement was confirmed: it must never be seen again. */
  readonly completed: Set<string>;
  /** Settlement was under way when the broker died: either outcome is right. */
  readonly uncertain: Set<string>;
  readonly returned: string[];
}

describe("A broker that is killed", () => {
  test("loses no message that it has acknowledged and brings back none that was completed", async () => {
    const ledger: Ledger = { acknowledged: new Set(), completed: new Set(), uncertain: new Set(), returned: [] };
    for (let round = 0; round < kills; round++) await runUntilKilled(ledger, round);
    const { port } = await startBroker();
    const left = await receiveEverything(port);

    expect(ledger.acknowledged.size).toBeGreaterThan(kills);
    expect(ledger.completed.size).toBeGreaterThan(0);
    const here = new Set(left);
    const lost = [...ledger.acknowledged].filter(
      (id) => !here.has(id) && !ledger.completed.has(id) && !ledger.uncertain.has(id),
    );
    expect(lost).toEqual([]);
    expect([...ledger.returned, ...left.filter((id) => ledger.completed.has(id))]).toEqual([]);
    expect(left).toHaveLength(here.size);
  }, 60_000);
});

async function runUntilKilled(ledger: Ledger, round: number): Promise<void> {
  const { child, port } = await startBroker();
  const connection = connect(port);
  keepSending(connection, ledger, round);
  keepCompleting(connection, ledger);
  const settled = ledger.acknowledged.size + ledger.completed.size;
  // Only under load is there something to be lost.
  await vi.waitUntil(() => ledger.acknowledged.size + ledger.completed.size > settled, {
    timeout: 10_000,
    interval: 5,
  });
  setTimeout(() => child.kill("SIGKILL"), lifeOf(round));
  await once(child, "exit");
  connection.close();
}

function connect(port: number): Connection {
  const connection = rhea.create_container().connect({ host: "127.0.0.1", port, reconnect: false });
  for (const event of ["disconnected", "connection_error", "error", "protocol_error"]) connection.on(event, () => {});
  return connection;
}

/** Keeps a hundred messages under way at a time. */
function keepSending(connection: Connection, ledger: Ledger, round: number): void {
  const sender = connection.open_sender({ target: { address: "q" } });
  const underWay = new Map<Delivery, string>();
  let next = 0;
  const send = () => {
    while (sender.sendable() && underWay.size < mostUnderWay) {
      const id = `${round}-${next++}`;
      underWay.set(sender.send({ message_id: id, body: id.repeat(20) }), id);
    }
  };
  sender.on("sendable", send);
  sender.on("accepted", ({ delivery }: EventContext) => {
    const id = delivery && underWay.get(delivery);
    if (!delivery || id === undefined) return;
    underWay.delete(delivery);
    ledger.acknowledged.add(id);
    send();
  });
}

function keepCompleting(connection: Connection, ledger: Ledger): void {
  const receiver = connection.open_receiver({
    source: { address: "q" },
    autoaccept: false,
    autosettle: false,
    rcv_settle_mode: 1,
    credit_window: 50,
  });
  const underWay = new Map<Delivery, string>();
  receiver.on("message", ({ message, delivery }: EventContext) => {
    const id = String(message?.message_id);
    if (!delivery) return;
    if (ledger.completed.has(id)) ledger.returned.push(id);
    if (underWay.size >= mostUnderWay / 2) return; // these stay locked and come back after the kill
    underWay.set(delivery, id);
    ledger.uncertain.add(id);
    accept(delivery);
  });
  receiver.on("settled", ({ delivery }: EventContext) => {
    const id = delivery && underWay.get(delivery);
    if (!delivery || id === undefined) return;
    underWay.delete(delivery);
    ledger.completed.add(id);
    ledger.uncertain.delete(id);
    delivery.update(true);
  });
}

/** Says "accepted" and waits for the broker to settle; `rhea`'s typings do not know its outcomes. */
function accept(delivery: Delivery): void {
  const { accepted } = rhea.message as unknown as { accepted(): { described(): unknown } };
  delivery.update(false, accepted().described());
}

async function receiveEverything(port: number): Promise<readonly string[]> {
  const connection = connect(port);
  const ids: string[] = [];
  const receiver = connection.open_receiver({
    source: { address: "q" },
    snd_settle_mode: 1,
    credit_window: 0,
  });
  receiver.on("message", ({ message }: EventContext) => ids.push(String(message?.message_id)));
  // Each drain is answered once the broker has sent what it has, as far as the credit goes.
  let drained = 0;
  receiver.on("receiver_drained", () => drained++);
  for (let before = -1; before < ids.length; ) {
    before = ids.length;
    const asked = drained;
    receiver.add_credit(credit);
    receiver.drain_credit();
    await vi.waitUntil(() => drained > asked, { timeout: 10_000, interval: 5 });
  }
  connection.close();
  return ids;
}

async function startBroker(): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const config = join(folder, "Config.json");
  const queue = { Name: "q", Properties: { LockDuration: "PT1M", MaxDeliveryCount: 100 } };
  await writeFile(config, JSON.stringify({ UserConfig: { Namespaces: [{ Name: "n", Queues: [queue], Topics: [] }] } }));
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, "--port", "0", "--data", join(folder, "data"), "--config", config],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  children.push(child);
  if (!child.stdout) throw new Error("The child's output is not piped.");
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^Endpoint=sb:\/\/localhost:(\d+);/.exec(line)?.[1];
    if (port) return { child, port: Number(port) };
  }
  throw new Error("The broker ended before it was ready.");
}
