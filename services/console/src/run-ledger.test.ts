import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient } from "@azure/storage-blob";
import { startEventGrid } from "@local-azure/event-grid";
import { startServiceBus } from "@local-azure/service-bus";
import {
  brokerSettings,
  type ContainerName,
  type Envelope,
  eventTopic,
  keptEnvelope,
  modelPromoted,
  type QueueName,
  queues,
} from "@ratchet/contracts";
import {
  type Connections,
  connectService,
  eventGridTransport,
  listDeadLetters,
  receiveMessage,
  serviceBusTransport,
} from "@ratchet/messaging";
import { azureBlobs } from "@ratchet/state";
import { startWorld, type World } from "@ratchet/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Console } from "./console.ts";
import { ledgerRoutes } from "./ledger.ts";

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const open: (() => PromiseLike<unknown>)[] = [];
let world: World<"console">;
let client: ServiceBusClient;
let transports: Pick<Connections, "messages" | "events">;
/** A console whose storage answers everything with 403, as where its role is missing. */
let refused: Console;

/** Another subscriber of the topic, who hears all that is said. */
const observer = "observer";

beforeAll(async () => {
  world = await startWorld("console");
  open.push(() => world[Symbol.asyncDispose]());
  const { credential, authority } = world.azure;
  const tls = authority.server;
  const ledgerQueue = { name: "run-ledger", ...brokerSettings(queues["run-ledger"]) };
  const bus = await startServiceBus({ queues: [ledgerQueue, { name: observer }], tls });
  open.push(() => bus.close());
  const into = (entity: string) =>
    ({ name: entity, destination: { endpointType: "ServiceBusQueue", entity } }) as const;
  const grid = await startEventGrid({
    tls,
    topics: [{ name: eventTopic, subscriptions: [into("run-ledger"), into(observer)] }],
    serviceBus: { fullyQualifiedNamespace: bus.fullyQualifiedNamespace, credential },
  });
  open.push(() => grid.close());
  client = new ServiceBusClient(bus.fullyQualifiedNamespace, credential);
  open.push(() => client.close());
  const messages = serviceBusTransport(bus.fullyQualifiedNamespace, credential);
  open.push(() => messages.close());
  transports = { messages, events: eventGridTransport(grid.topicEndpoint(eventTopic), credential) };

  const storage = createServer(tls, (request, response) => {
    request.resume();
    response.writeHead(403, { "x-ms-error-code": "AuthorizationPermissionMismatch" }).end();
  });
  storage.listen(0, "127.0.0.1");
  await once(storage, "listening");
  open.push(async () => {
    storage.closeAllConnections();
    storage.close();
  });
  const endpoint = `https://localhost:${(storage.address() as AddressInfo).port}/account`;
  const account = new BlobServiceClient(endpoint, credential);
  const blobs = (container: ContainerName) => azureBlobs(account.getContainerClient(container));
  refused = { stores: connectService("console", { credential, blobs, ...transports, clock: () => new Date() }) };
});
afterAll(async () => {
  for (const close of open.reverse()) await close();
});

/** Delivers what comes to the ledger's queue as the Functions host does; gives how often something was delivered. */
async function deliver(console: Console, most: number): Promise<number> {
  const from = client.createReceiver("run-ledger");
  let count = 0;
  for (; count < most; count += 1) {
    const [message] = await from.receiveMessages(1, { maxWaitTimeInMs: 1_000 });
    if (!message) break;
    const { body, messageId, applicationProperties: properties = {} } = message;
    const queue: QueueName = "run-ledger";
    // By a clock that stands in the past whatever is sent for later comes at once.
    const clock = () => new Date("2026-01-01T00:00:00Z");
    const reception = { service: "console", queue, routes: ledgerRoutes(console), clock, ...transports } as const;
    await receiveMessage(reception, { body, messageId: String(messageId), properties }, silent).then(
      () => from.completeMessage(message),
      () => from.abandonMessage(message),
    );
  }
  await from.close();
  return count;
}

const eventOf = (cause: string): Envelope =>
  modelPromoted.build(modelPromoted.example, { source: "test", time: new Date("2026-11-23T09:00:00Z"), cause });

/** The next event that the observer hears. */
async function heard(): Promise<Envelope> {
  const from = client.createReceiver(observer, { receiveMode: "receiveAndDelete" });
  const [message] = await from.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
  await from.close();
  return message?.body ?? expect.fail("nothing was said on the topic");
}

test("an event that cannot be recorded is one dead letter with its reason, and makes no further event", async () => {
  const event = eventOf("unrecorded");
  await transports.events.publish(event);
  expect(await heard()).toMatchObject({ id: event.id });
  const { roleDelays, maxDeliveryCount } = queues["run-ledger"];
  // The first attempt, one after each wait for the role, and the refusals of the letter.
  expect(await deliver(refused, 100)).toBe(1 + roleDelays.length + maxDeliveryCount);
  expect(await listDeadLetters(client, "run-ledger")).toMatchObject([
    {
      envelope: { id: event.id },
      failure: { name: "RestError", service: "console", attempts: 1 + roleDelays.length },
    },
  ]);
  // Whatever was said before this one has been heard before it.
  const last = eventOf("the last");
  await transports.events.publish(last);
  expect(await heard()).toMatchObject({ id: last.id });
});

test("events of types from later on are recorded as they are; what is no event is a dead letter", async () => {
  const event = {
    ...eventOf("from later on"),
    id: "from-later-on",
    type: "ratchet.model.retired.v1",
    data: { why: "old" },
  };
  await transports.events.publish(event);
  await heard();
  const stray = { messageId: "stray", body: { hello: "world" }, contentType: "application/json" };
  await transports.messages.send("run-ledger", { ...stray, applicationProperties: {} });
  await deliver({ stores: world.service }, 100);
  const path = `events/2026-11-23/${event.time}-${event.id}.json`;
  expect((await world.documents("ledger").read(path, keptEnvelope))?.value).toMatchObject({
    type: "ratchet.model.retired.v1",
    data: { why: "old" },
  });
  const letters = (await listDeadLetters(client, "run-ledger")).map(({ failure, envelope }) => ({
    name: failure?.name,
    type: envelope?.type,
  }));
  expect(letters).toContainEqual({ name: "ContractError", type: undefined });
  expect(letters.filter(({ type }) => type === event.type)).toEqual([]);
});
