import { randomUUID } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusReceiver } from "@azure/service-bus";
import { startEventGrid } from "@local-azure/event-grid";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { startServiceBus } from "@local-azure/service-bus";
import {
  type AnyContract,
  brokerSettings,
  type Contract,
  checkTrainingDue,
  commands,
  type Envelope,
  events,
  eventTopic,
  isMessageFailed,
  type QueueName,
  queues,
  trainModel,
} from "@ratchet/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listDeadLetters } from "./list-dead-letters.ts";
import { createOutbox, type Outbox, toMessage } from "./outbox.ts";
import { FailedMessageError, type Reception, receiveMessage } from "./receive.ts";
import { replayDeadLetters } from "./replay-dead-letters.ts";
import { on, type Route } from "./routes.ts";
import { traceOf } from "./trace.ts";
import { PermanentError, TransientError } from "./transient.ts";
import { type EventTransport, eventGridTransport, type MessageTransport, serviceBusTransport } from "./transport.ts";

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const queue = "training-due";

describe("a message on a real queue", () => {
  const open: (() => Promise<unknown>)[] = [];
  let client: ServiceBusClient;
  let messages: MessageTransport;
  let topicIsThere = true;
  let reception: (routes: readonly Route[]) => Reception;
  let send: (cause: string) => Promise<void>;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "ratchet-messaging-"));
    open.push(() => rm(folder, { recursive: true, force: true }));
    const { caCertificate, server: tls } = await createCertificateAuthority(folder);
    trustCertificateAuthority(caCertificate);
    const identity = await startManagedIdentity();
    open.push(() => identity.close());
    Object.assign(process.env, identity.environment);
    const credential = new DefaultAzureCredential();
    const entities = Object.entries(queues).map(([name, queue]) => ({ name, ...brokerSettings(queue) }));
    const bus = await startServiceBus({ queues: entities, tls });
    open.push(() => bus.close());
    const grid = await startEventGrid({
      tls,
      topics: [
        {
          name: eventTopic,
          subscriptions: [{ name: "ledger", destination: { endpointType: "ServiceBusQueue", entity: "run-ledger" } }],
        },
      ],
      serviceBus: { fullyQualifiedNamespace: bus.fullyQualifiedNamespace, credential },
    });
    open.push(() => grid.close());
    client = new ServiceBusClient(bus.fullyQualifiedNamespace, credential);
    open.push(() => client.close());
    messages = serviceBusTransport(bus.fullyQualifiedNamespace, credential);
    open.push(() => messages.close());
    const topic = eventGridTransport(grid.topicEndpoint(eventTopic), credential);
    const elsewhere = eventGridTransport(grid.topicEndpoint(eventTopic).replace(eventTopic, "elsewhere"), credential);
    const events: EventTransport = { publish: (event) => (topicIsThere ? topic : elsewhere).publish(event) };
    const retry = { retryDelays: ["PT1H", "PT1H"], roleDelays: [] };
    reception = (routes) => ({
      service: "data-watcher",
      queue,
      routes,
      retry,
      messages,
      events,
      clock: () => new Date(),
    });
    send = async (cause) => {
      const outbox: Outbox = createOutbox(
        "data-watcher",
        { cause, traceparent: traceOf(cause), time: new Date() },
        { messages, events },
      );
      await outbox.send(checkTrainingDue, { model: "digits" });
    };
  });
  afterAll(async () => {
    for (const close of open.reverse()) await close();
  });
  beforeEach(async () => {
    topicIsThere = true;
    const empty = (used: QueueName) =>
      client.createReceiver(used, { receiveMode: "receiveAndDelete" }).receiveMessages(1000, { maxWaitTimeInMs: 200 });
    await Promise.all([empty(queue), empty("run-ledger")]);
  });

  const receiver = () => client.createReceiver(queue);
  const incoming = (message: ServiceBusReceivedMessage) => ({
    body: message.body,
    messageId: String(message.messageId),
    properties: message.applicationProperties ?? {},
  });

  /** Delivers what is in the queue as the Functions host does: complete on success, abandon on an error. */
  async function deliver(routes: readonly Route[], most = 20): Promise<readonly unknown[]> {
    const thrown: unknown[] = [];
    const from = receiver();
    for (let delivery = 0; delivery < most; delivery += 1) {
      const [message] = await from.receiveMessages(1, { maxWaitTimeInMs: 500 });
      if (!message) break;
      try {
        await receiveMessage(reception(routes), incoming(message), silent);
        await from.completeMessage(message);
      } catch (error) {
        thrown.push(error);
        await from.abandonMessage(message);
      }
    }
    await from.close();
    return thrown;
  }

  /** The failure that the topic has told the ledger of. */
  async function statedFailure(): Promise<Envelope> {
    const from = client.createReceiver("run-ledger", { receiveMode: "receiveAndDelete" });
    const [stated] = await from.receiveMessages(1, { maxWaitTimeInMs: 5000 });
    const others = await from.receiveMessages(1, { maxWaitTimeInMs: 200 });
    await from.close();
    expect(others).toEqual([]);
    if (!isMessageFailed(stated?.body)) throw new Error("no failure was stated");
    return stated.body;
  }

  const failing = (error: Error): readonly Route[] => [on(checkTrainingDue, () => Promise.reject(error))];

  test("is handled once and is gone", async () => {
    const handled: string[] = [];
    await send("once");
    await send("once");
    await deliver([on(checkTrainingDue, async ({ data }) => void handled.push(data.model))]);
    expect(handled).toEqual(["digits"]);
  });

  test("carries its trace on into what its handler says", async () => {
    await send("traced");
    const from = receiver();
    const [message] = await from.receiveMessages(1, { maxWaitTimeInMs: 2000 });
    if (!message) throw new Error("no message");
    const batches = ["0".repeat(16)];
    const route = on(checkTrainingDue, async (_, { outbox }) => {
      const said = await outbox.send(trainModel, { model: "digits", batches, reason: "data" });
      expect(said.traceparent?.split("-")[1]).toBe(traceOf("traced").split("-")[1]);
      expect(said.causationid).toBe(message.body.id);
    });
    await receiveMessage(reception([route]), incoming(message), silent);
    await from.completeMessage(message);
    expect.assertions(2);
  });

  test("that fails for a passing reason is sent again for later, at its next attempt, once however often that is done", async () => {
    await send("transient");
    const from = receiver();
    const [message] = await from.receiveMessages(1, { maxWaitTimeInMs: 2000 });
    if (!message) throw new Error("no message");
    const routes = failing(new TransientError("storage is busy"));
    // The host died after the copy was sent and before the message was completed: it is delivered again.
    await receiveMessage(reception(routes), incoming(message), silent);
    await receiveMessage(reception(routes), incoming(message), silent);
    await from.completeMessage(message);
    const waiting = (await from.peekMessages(10)).filter(({ state }) => state === "scheduled");
    expect(waiting).toHaveLength(1);
    expect(waiting[0]?.applicationProperties?.["ratchet-attempt"]).toBe(2);
    expect(waiting[0]?.body).toEqual(message.body);
    await from.close();
  });

  test("that fails for good is in the dead-letter queue with its reason, and states the failure once", async () => {
    await send("permanent");
    const thrown = await deliver(failing(new PermanentError("no model named digits is applied")));
    expect(thrown).toHaveLength(queues[queue].maxDeliveryCount);
    expect(thrown.every((error) => error instanceof FailedMessageError)).toBe(true);
    const [letter, ...others] = (await listDeadLetters(client, queue)).slice(-1);
    expect(others).toEqual([]);
    expect(letter?.failure).toMatchObject({
      name: "PermanentError",
      message: "no model named digits is applied",
      attempts: 1,
      service: "data-watcher",
    });
    expect(letter?.failure?.stack).toContain("receive.test.ts");
    expect(letter?.envelope?.type).toBe(checkTrainingDue.type);
    expect(await statedFailure()).toMatchObject({
      specversion: "1.0",
      source: "/ratchet/data-watcher",
      dataschema: "https://ratchet.dev/schemas/ratchet.message.failed.v1.json",
      datacontenttype: "application/json",
      causationid: letter?.envelope?.id,
      traceparent: expect.stringContaining(traceOf("permanent").split("-")[1] ?? ""),
      data: { queue, messageId: letter?.envelope?.id, attempts: 1 },
    });
  });

  test("that fails for good while the topic is away has its letter with the reason, and is stated later", async () => {
    await send("unstated");
    const routes = failing(new PermanentError("no model named digits is applied"));
    topicIsThere = false;
    await deliver(routes, 1);
    topicIsThere = true;
    await deliver(routes);
    const letters = (await listDeadLetters(client, queue)).filter(
      ({ envelope }) => envelope?.causationid === "unstated",
    );
    expect(letters).toMatchObject([{ failure: { name: "PermanentError", attempts: 1 } }]);
    expect(await statedFailure()).toMatchObject({
      causationid: letters[0]?.envelope?.id,
      data: { queue, error: { message: "no model named digits is applied" } },
    });
  });

  test("that states a failure and never could is a letter itself; replayed, it is stated", async () => {
    await send("never stated");
    topicIsThere = false;
    await deliver(failing(new PermanentError("no model named digits is applied")));
    const isStatement = ({ envelope }: { readonly envelope: Envelope | undefined }) =>
      envelope?.type === "ratchet.message.failed.v1";
    const [letter, ...others] = (await listDeadLetters(client, queue)).filter(isStatement);
    expect(others).toEqual([]);
    expect(letter?.failure).toMatchObject({ service: "data-watcher", attempts: 1 });
    topicIsThere = true;
    await replayDeadLetters(client, queue, [letter?.sequenceNumber ?? ""]);
    await deliver([]);
    expect(await statedFailure()).toMatchObject({ id: letter?.envelope?.id, data: { queue } });
    expect((await listDeadLetters(client, queue)).filter(isStatement)).toEqual([]);
  });

  test("that was dead-lettered is replayed under a new message id, its failure wiped, its content the same", async () => {
    await send("replayed");
    await deliver(failing(new PermanentError("not yet")));
    const letters = await listDeadLetters(client, queue);
    const letter = letters.at(-1);
    if (!letter) throw new Error("no dead letter");
    const result = await replayDeadLetters(client, queue, [letter.sequenceNumber]);
    expect(result.replayed.map(({ sequenceNumber }) => sequenceNumber)).toEqual([letter.sequenceNumber]);
    expect(result.gone).toEqual([]);
    expect(await listDeadLetters(client, queue)).toHaveLength(letters.length - 1);
    const [again] = await client.createReceiver(queue).receiveMessages(1, { maxWaitTimeInMs: 2000 });
    expect(again?.messageId).not.toBe(letter.messageId);
    expect(again?.body).toEqual(letter.body);
    expect(again?.applicationProperties).toMatchObject({ "ratchet-replays": 1, "ratchet-replay-of": letter.messageId });
    expect(Object.keys(again?.applicationProperties ?? {}).some((name) => name.startsWith("ratchet-failure-"))).toBe(
      false,
    );
    if (again) await client.createReceiver(queue).completeMessage(again);
  });

  test("that fails again after a replay is a dead letter again: nothing is taken for a duplicate and lost", async () => {
    await send("fails twice");
    await deliver(failing(new PermanentError("first")));
    const before = await listDeadLetters(client, queue);
    const number = before.at(-1)?.sequenceNumber ?? "";
    await replayDeadLetters(client, queue, [number]);
    await deliver(failing(new PermanentError("second")));
    const after = await listDeadLetters(client, queue);
    expect(after).toHaveLength(before.length);
    expect(after.at(-1)?.failure?.message).toBe("second");
    expect(after.at(-1)?.replays).toBe(1);
  });

  test("that is not for its queue, or is no message at all, fails by name", async () => {
    await messages.send(queue, {
      messageId: "stray",
      body: { hello: "world" },
      contentType: "application/json",
      applicationProperties: {},
    });
    await deliver([]);
    const letter = (await listDeadLetters(client, queue)).at(-1);
    expect(letter?.failure?.name).toBe("ContractError");
    expect(letter?.failure?.message).toContain("not a CloudEvent");
    expect(letter?.body).toEqual({ hello: "world" });
  });

  test("chosen for replay but gone meanwhile is named, and the others are left in place", async () => {
    const before = await listDeadLetters(client, queue);
    expect(before.length).toBeGreaterThan(0);
    expect((await replayDeadLetters(client, queue, ["999999"])).gone).toEqual(["999999"]);
    expect(await listDeadLetters(client, queue)).toHaveLength(before.length);
  });

  test.each([...Map.groupBy(contracts, ({ through }) => through)])(
    "of every version ever published that goes through %s is replayed out of its dead-letter queue and obeyed",
    async (through, ofQueue) => {
      const samples = ofQueue.flatMap(({ contract }) => published(contract.type));
      expect(samples.length).toBeGreaterThanOrEqual(ofQueue.length);
      const ids = new Map(samples.map((sample) => [randomUUID() as string, sample]));
      for (const [messageId, sample] of ids) await messages.send(through, { ...toMessage(through, sample), messageId });
      /** Takes this test's messages; the queue may hold those of others. */
      const take = async (isOurs: (message: ServiceBusReceivedMessage) => boolean, settle: Settle) => {
        const from = queues[through].requiresSession
          ? await client.acceptSession(through, "digits")
          : client.createReceiver(through);
        for (let left = samples.length; left > 0; ) {
          const [message] = await from.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
          if (!message) throw new Error(`${left} of ${samples.length} messages did not come`);
          if (isOurs(message)) left -= 1;
          await (isOurs(message) ? settle(from, message) : from.completeMessage(message));
        }
        await from.close();
      };
      await take(
        ({ messageId }) => ids.has(String(messageId)),
        (from, message) => from.deadLetterMessage(message),
      );
      const letters = (await listDeadLetters(client, through)).filter(({ messageId }) => ids.has(messageId));
      const numbers = letters.map(({ sequenceNumber }) => sequenceNumber);
      expect((await replayDeadLetters(client, through, numbers)).replayed).toHaveLength(samples.length);

      const obeyed: unknown[] = [];
      const routes = ofQueue.map(({ contract }) =>
        on(contract as Contract<string, object>, async ({ data }) => void obeyed.push(data)),
      );
      await take(
        ({ applicationProperties }) => ids.has(String(applicationProperties?.["ratchet-replay-of"])),
        async (from, message) => {
          await receiveMessage({ ...reception(routes), queue: through }, incoming(message), silent);
          await from.completeMessage(message);
        },
      );
      expect(obeyed).toHaveLength(samples.length);
      expect(obeyed).toEqual(expect.arrayContaining(samples.map(({ data }) => data)));
    },
  );
});

const contracts: readonly { readonly contract: AnyContract; readonly through: QueueName }[] = [
  ...commands.map(({ contract, queue }) => ({ contract, through: queue })),
  ...events.map((contract) => ({ contract, through: "run-ledger" as const })),
];

type Settle = (from: ServiceBusReceiver, message: ServiceBusReceivedMessage) => Promise<void>;

/** Every version of a message that was ever published, oldest first. */
function published(type: string): readonly Envelope[] {
  const folder = join(import.meta.dirname, "../../contracts/golden", type);
  return globSync("*.json", { cwd: folder })
    .filter((name) => !name.endsWith(".schema.json"))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}
