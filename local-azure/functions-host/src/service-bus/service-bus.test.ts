import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import { createCertificateAuthority, startManagedIdentity } from "@local-azure/identity";
import { type ServiceBus, type ServiceBusOptions, startServiceBus } from "@local-azure/service-bus";
import { afterEach, expect, test, vi } from "vitest";
import { RECORDING, type Run, readRun } from "../../fixtures/messages.ts";
import { temporaryApp } from "../../fixtures/temporary-app.ts";
import { type FunctionApp, type LogRecord, startFunctionApp } from "../index.ts";

const disposals: (() => PromiseLike<unknown>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

interface Running {
  readonly bus: ServiceBus;
  readonly client: ServiceBusClient;
  readonly app: FunctionApp;
  readonly logs: readonly LogRecord[];
  readonly runs: (phase?: Run["phase"]) => readonly Run[];
}

async function run(
  entities: Pick<ServiceBusOptions, "queues" | "topics">,
  functions: string,
  serviceBus: object = {},
): Promise<Running> {
  const bus = await startServiceBus(entities);
  disposals.push(() => bus.close());
  const client = new ServiceBusClient(bus.connectionString);
  disposals.push(() => client.close());
  const files = await temporaryApp(RECORDING + functions, { extensions: { serviceBus } });
  disposals.push(() => files[Symbol.asyncDispose]());
  const logs: LogRecord[] = [];
  const app = await startFunctionApp({
    name: "messages",
    directory: files.directory,
    settings: { Bus: bus.connectionString },
    onLog: (record) => logs.push(record),
  });
  disposals.push(() => app.close());
  return { bus, client, app, logs, runs: runsOf(logs) };
}

const runsOf =
  (logs: readonly LogRecord[]) =>
  (phase: Run["phase"] = "end") =>
    logs.flatMap((log) => readRun(log.message) ?? []).filter((one) => one.phase === phase);
const eventually = (condition: () => unknown) => vi.waitUntil(condition, { timeout: 15_000, interval: 10 });
const QUEUE = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", handler: recorded() });`;
/** What is in a queue. The SDK's peek goes on where the last one of the same client ended, so each needs a client. */
async function waitingIn(bus: ServiceBus, queue: string, subQueueType?: "deadLetter") {
  const client = new ServiceBusClient(bus.connectionString);
  try {
    return await client.createReceiver(queue, subQueueType ? { subQueueType } : {}).peekMessages(10);
  } finally {
    await client.close();
  }
}

test("a message reaches the handler with the metadata of the real host and is completed", async () => {
  const { bus, client, runs } = await run({ queues: [{ name: "work" }] }, QUEUE);
  const sender = client.createSender("work");
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  await sender.sendMessages({
    body: { hello: "world" },
    messageId: "123",
    correlationId: "c-1",
    subject: "greeting",
    contentType: "application/json",
    applicationProperties: { "Diagnostic-Id": `00-${trace}-00f067aa0ba902b7-01`, Number: 7, Flag: true },
  });
  await eventually(() => runs().length === 1);
  expect(runs()[0]).toMatchObject({
    body: { hello: "world" },
    traceParent: expect.stringMatching(`^00-${trace}-(?!00f067aa0ba902b7)`),
    metadata: {
      // The library parses texts as JSON where it can: a message id that is a number becomes one.
      messageId: 123,
      correlationId: "c-1",
      subject: "greeting",
      label: "greeting",
      contentType: "application/json",
      deliveryCount: 1,
      sequenceNumber: expect.any(Number),
      lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
      enqueuedTimeUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/),
      enqueuedTime: expect.stringMatching(/\+00:00$/),
      expiresAtUtc: expect.any(String),
      // Keys are camel-cased, property names of the sender's too.
      applicationProperties: { "diagnostic-Id": expect.any(String), number: 7, flag: true },
      userProperties: { number: 7 },
    },
  });
  await eventually(async () => (await waitingIn(bus, "work")).length === 0);
});

test("the W3C traceparent of a message goes before its Diagnostic-Id", async () => {
  const { client, runs } = await run({ queues: [{ name: "work" }] }, QUEUE);
  const trace = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  const applicationProperties = {
    traceparent: `00-${trace}-bbbbbbbbbbbbbbbb-01`,
    "Diagnostic-Id": "00-cccccccccccccccccccccccccccccccc-dddddddddddddddd-01",
  };
  await client.createSender("work").sendMessages({ body: "x", applicationProperties });
  await eventually(() => runs().length === 1);
  expect(runs()[0]?.traceParent).toContain(trace);
});

test("bodies arrive as the library reads them: JSON, text, and bytes where the binding asks for them", async () => {
  const { client, runs } = await run(
    { queues: [{ name: "work" }, { name: "bytes" }] },
    `${QUEUE} app.serviceBusQueue("raw", { queueName: "bytes", connection: "Bus", dataType: "binary", handler: async (body, context) => recorded()(body.toString("base64"), context) });`,
  );
  await client.createSender("work").sendMessages([{ body: "just text" }, { body: 42 }, { body: Buffer.from(`[1,2]`) }]);
  const bytes = Buffer.from([0, 200, 255]);
  await client.createSender("bytes").sendMessages({ body: bytes });
  await eventually(() => runs().length === 4);
  expect(runs().map((one) => one.body)).toEqual(
    expect.arrayContaining(["just text", 42, [1, 2], bytes.toString("base64")]),
  );
});

test("a failing handler abandons its message, which comes again until it is dead-lettered", async () => {
  const failing = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", handler: recorded(async () => { throw new Error("cannot"); }) });`;
  const { bus, client, runs, logs } = await run({ queues: [{ name: "work", maxDeliveryCount: 3 }] }, failing);
  await client.createSender("work").sendMessages({ body: "bad" });
  await eventually(async () => (await waitingIn(bus, "work", "deadLetter")).length === 1);
  await eventually(() => logs.filter((log) => log.error?.message === "cannot").length === 3);
  expect(runs("begin").map((one) => one.metadata["deliveryCount"])).toEqual([1, 2, 3]);
  expect((await waitingIn(bus, "work", "deadLetter"))[0]?.deadLetterReason).toBe("MaxDeliveryCountExceeded");
});

test("with autoCompleteMessages off a success does not settle", async () => {
  const { client, runs } = await run({ queues: [{ name: "work", lockDuration: "PT2S" }] }, QUEUE, {
    autoCompleteMessages: false,
    maxAutoLockRenewalDuration: "00:00:00",
  });
  await client.createSender("work").sendMessages({ body: "again" });
  await eventually(() => runs().length >= 2);
  expect(
    runs()
      .map((one) => one.metadata["deliveryCount"])
      .slice(0, 2),
  ).toEqual([1, 2]);
});

test("no more than maxConcurrentCalls messages are handled at once", async () => {
  const slow = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", handler: recorded(() => delay(100)) });`;
  const { client, runs, logs } = await run({ queues: [{ name: "work" }] }, slow, { maxConcurrentCalls: 2 });
  await client.createSender("work").sendMessages(Array.from({ length: 8 }, (_, n) => ({ body: n })));
  await eventually(() => runs().length === 8);
  expect(mostAtOnce(logs)).toBe(2);
});

test("a lock is renewed while a handler runs longer than it", async () => {
  const slow = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", handler: recorded(() => delay(3500)) });`;
  const { bus, client, runs } = await run({ queues: [{ name: "work", lockDuration: "PT2S" }] }, slow);
  await client.createSender("work").sendMessages({ body: "long" });
  await eventually(() => runs().length === 1);
  await eventually(async () => (await waitingIn(bus, "work")).length === 0);
  expect(runs("begin")).toHaveLength(1);
});

test("messages of a session are handled in order, sessions beside each other", async () => {
  const slow = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", isSessionsEnabled: true, handler: recorded(() => delay(60)) });`;
  const { client, runs, logs } = await run({ queues: [{ name: "work", requiresSession: true }] }, slow, {
    maxConcurrentSessions: 2,
    sessionIdleTimeout: "00:00:00.5",
  });
  const sessions = ["a", "b", "c"];
  await client
    .createSender("work")
    .sendMessages([1, 2, 3].flatMap((n) => sessions.map((sessionId) => ({ body: n, sessionId }))));
  await eventually(() => runs().length === 9);
  for (const session of sessions) {
    expect(
      runs()
        .filter((one) => one.metadata["sessionId"] === session)
        .map((one) => one.body),
    ).toEqual([1, 2, 3]);
  }
  expect(mostAtOnce(logs)).toBe(2);
});

test("a topic's subscription hands over batches in one invocation", async () => {
  const batch = `app.serviceBusTopic("news", { topicName: "news", subscriptionName: "all", connection: "Bus", cardinality: "many", handler: recorded(() => delay(200)) });`;
  const { client, runs } = await run(
    { topics: [{ name: "news", subscriptions: [{ subscriptionName: "all" }] }] },
    batch,
    { maxMessageBatchSize: 5 },
  );
  await client
    .createSender("news")
    .sendMessages(
      [1, 2, 3, 4, 5, 6, 7].map((n) => ({ body: { n }, messageId: `m${n}`, ...(n === 1 ? { subject: "first" } : {}) })),
    );
  const handled = () => runs().flatMap((one) => one.body as { n: number }[]);
  await eventually(() => handled().length === 7);
  expect(
    handled()
      .map(({ n }) => n)
      .sort(),
  ).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(Math.max(...runs().map((one) => (one.body as unknown[]).length))).toBe(5);
  const [first] = runs();
  expect(first?.metadata["messageIdArray"]).toEqual(
    (first?.body as { n: number }[] | undefined)?.map(({ n }) => `m${n}`),
  );
  // The real host leaves empty entries out of arrays of texts.
  expect(first?.metadata["subjectArray"]).toEqual(["first"]);
});

test("a failing batch comes again whole", async () => {
  const batch = `let failed = false;
    app.serviceBusQueue("work", { queueName: "work", connection: "Bus", cardinality: "many", handler: recorded(async () => { if (!failed) { failed = true; throw new Error("once"); } }) });`;
  const { bus, client, runs } = await run({ queues: [{ name: "work" }] }, batch);
  await client.createSender("work").sendMessages([{ body: 1 }, { body: 2 }]);
  await eventually(() => runs().flatMap((one) => one.body as number[]).length === 2);
  expect(runs("begin").length).toBeGreaterThan(runs().length);
  await eventually(async () => (await waitingIn(bus, "work")).length === 0);
});

test("a drain settles what runs and leaves the rest in the queue", async () => {
  const slow = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", handler: recorded(() => delay(400)) });`;
  const { bus, client, app, runs } = await run({ queues: [{ name: "work" }] }, slow, { maxConcurrentCalls: 1 });
  await client.createSender("work").sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
  await eventually(() => runs("begin").length === 1);
  await app.drain();
  expect(await app.exited).toMatchObject({ expected: true, code: 0 });
  const done = runs().length;
  expect(done).toBeGreaterThanOrEqual(1);
  expect((await waitingIn(bus, "work")).map((message) => message.body)).toEqual([1, 2, 3].slice(done));
});

test("a queue that is missing is told of in the log, and the app runs on", async () => {
  const { logs, app } = await run({ queues: [] }, QUEUE);
  await eventually(() =>
    logs.some((log) => /Receiving from work failed and is tried again: .*could not be found/.test(log.message)),
  );
  expect(app.state).toBe("running");
});

test("a function that is disabled receives nothing", async () => {
  const bus = await startServiceBus({ queues: [{ name: "work" }, { name: "other" }] });
  disposals.push(() => bus.close());
  await using files = await temporaryApp(
    `${RECORDING}${QUEUE} app.serviceBusQueue("other", { queueName: "other", connection: "Bus", handler: recorded() });`,
  );
  const logs: LogRecord[] = [];
  await using _ = await startFunctionApp({
    name: "messages",
    directory: files.directory,
    settings: { Bus: bus.connectionString, "AzureWebJobs.work.Disabled": "1" },
    onLog: (record) => logs.push(record),
  });
  const client = new ServiceBusClient(bus.connectionString);
  await client.createSender("work").sendMessages({ body: "stays" });
  await client.createSender("other").sendMessages({ body: "goes" });
  await eventually(() => runsOf(logs)().length === 1);
  expect(runsOf(logs)()[0]?.body).toBe("goes");
  expect(await waitingIn(bus, "work")).toHaveLength(1);
  await client.close();
});

test("a trigger connects by managed identity to a namespace behind the local certificate authority", async () => {
  const folder = await mkdtemp(join(tmpdir(), "functions-host-ca-"));
  const authority = await createCertificateAuthority(folder);
  await using identity = await startManagedIdentity();
  await using bus = await startServiceBus({ queues: [{ name: "work" }], tls: authority.server });
  await using files = await temporaryApp(RECORDING + QUEUE.replace(`"Bus"`, `"ServiceBus"`));
  const logs: LogRecord[] = [];
  const settings = { ServiceBus__fullyQualifiedNamespace: bus.fullyQualifiedNamespace, ...identity.environment };
  await using _ = await startFunctionApp({
    name: "messages",
    directory: files.directory,
    settings,
    ca: authority.caCertificate,
    onLog: (record) => logs.push(record),
  });
  const client = new ServiceBusClient(bus.connectionString);
  await client.createSender("work").sendMessages({ body: "by identity" });
  await eventually(() => runsOf(logs)().length === 1);
  await client.close();
  await rm(folder, { recursive: true });
});

/** The most handlers that ran at the same time. */
function mostAtOnce(logs: readonly LogRecord[]): number {
  const changes = logs.flatMap((log) => readRun(log.message) ?? []).map(({ phase }) => (phase === "begin" ? 1 : -1));
  let now = 0;
  return Math.max(...changes.map((change) => (now += change)));
}
