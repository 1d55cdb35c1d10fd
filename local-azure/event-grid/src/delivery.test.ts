import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { EventGridDeserializer, isSystemEvent } from "@azure/eventgrid";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { type LocalStorage, startStorage } from "@local-azure/storage";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type CloudEvent,
  type DeliveryReport,
  type EventGridOptions,
  type EventSubscription,
  startEventGrid,
} from "./index.ts";
import { prepareSurroundings, type TestSurroundings } from "./testing/surroundings.ts";
import { type AnswerRequest, startWebhook } from "./testing/webhook.ts";

let surroundings: TestSurroundings;
let storage: LocalStorage;
beforeAll(async () => {
  surroundings = await prepareSurroundings();
  storage = await startStorage({ tls: surroundings.tls, containers: ["dead-letters"] });
});
afterAll(async () => {
  await storage.close();
  await surroundings[Symbol.asyncDispose]();
});

function event(data: unknown = {}, type = "order.placed.v1"): CloudEvent {
  const time = new Date().toISOString();
  return { specversion: "1.0", id: randomUUID(), source: "/shop", type, subject: "orders/1", time, data };
}

/** A topic "orders" with one subscription to a webhook that answers so. */
async function startTopic(
  answer: AnswerRequest,
  subscription: Partial<EventSubscription> = {},
  options: Partial<EventGridOptions> = {},
) {
  const webhook = await startWebhook(surroundings.tls, { event: answer });
  const reports: DeliveryReport[] = [];
  const destination = { endpointType: "WebHook", endpointUrl: webhook.url } as const;
  const subscriptions = [{ name: "billing", destination, ...subscription }];
  const start = () =>
    startEventGrid({
      tls: surroundings.tls,
      topics: [{ name: "orders", subscriptions }],
      systemTopics: [{ name: "storage", source: "/storageAccounts/sa", subscriptions }],
      retryScale: 0.002,
      onDelivery: (report) => reports.push(report),
      deadLetterStorage: { blobEndpoint: storage.blobEndpoint, credential: new DefaultAzureCredential() },
      ...options,
    });
  const eventGrid = await start();
  return {
    eventGrid,
    webhook,
    start,
    reports,
    /** The report that ends the delivery of the only event. */
    async end(): Promise<DeliveryReport | undefined> {
      await vi.waitUntil(() => reports.some(({ step }) => step !== "retried later"), { timeout: 10_000, interval: 10 });
      return reports.find(({ step }) => step !== "retried later");
    },
    [Symbol.asyncDispose]: async () => {
      await eventGrid.close();
      await webhook[Symbol.asyncDispose]();
    },
  };
}

/** Accepts an event and is gone before it can tell of an attempt. */
const killedProgram = `
  import { startEventGrid } from "./index.ts";
  const [options, event] = process.argv.slice(1).map((text) => JSON.parse(text));
  const eventGrid = await startEventGrid(options);
  eventGrid.publish("orders", event);
  process.kill(process.pid, "SIGKILL");
`;

const accept: AnswerRequest = (_, response) => void response.writeHead(200).end();
const answerWith = (...statuses: readonly number[]): AnswerRequest => {
  let count = 0;
  return (_, response) => {
    response.writeHead(statuses[Math.min(count, statuses.length - 1)] ?? 200).end();
    count += 1;
  };
};

describe("a delivery to a webhook", () => {
  test("is one CloudEvent with what Event Grid says about it", async () => {
    await using topic = await startTopic(accept);
    const sent = event({ total: 3 });
    topic.eventGrid.publish("orders", sent);
    const delivered = await topic.end();

    const [request] = topic.webhook.received;
    expect(JSON.parse(request?.body ?? "")).toEqual(sent);
    expect(request?.headers).toMatchObject({
      "content-type": "application/cloudevents+json; charset=utf-8",
      "aeg-event-type": "Notification",
      "aeg-subscription-name": "BILLING",
      "aeg-delivery-count": "0",
      "aeg-metadata-version": "1",
      "aeg-output-event-id": delivered?.delivery.outputEventId,
    });
    expect(delivered).toMatchObject({ step: "delivered", outcome: { status: 200 } });
  });

  test("is an array of one in the Event Grid schema, where that is asked for", async () => {
    await using topic = await startTopic(accept, { eventDeliverySchema: "EventGridSchema" });
    const created = { api: "PutBlob", eTag: "0x1", contentLength: 3, url: "https://localhost/c/b" };
    const sent = { ...event(created, "Microsoft.Storage.BlobCreated"), source: "/storageAccounts/sa" };
    const { id, time } = sent;
    topic.eventGrid.publish("storage", sent);
    await topic.end();
    const body = topic.webhook.received[0]?.body ?? "";
    expect(JSON.parse(body)).toEqual([
      {
        id,
        topic: "/storageAccounts/sa",
        subject: "orders/1",
        eventType: "Microsoft.Storage.BlobCreated",
        eventTime: time,
        data: created,
        dataVersion: "",
        metadataVersion: "1",
      },
    ]);
    const [parsed] = await new EventGridDeserializer().deserializeEventGridEvents(body);
    expect(parsed && isSystemEvent("Microsoft.Storage.BlobCreated", parsed) && parsed.data.eTag).toBe("0x1");
  });

  test("carries the attributes that the subscription maps", async () => {
    await using receiver = await startWebhook(surroundings.tls);
    await using topic = await startTopic(accept, {
      destination: {
        endpointType: "WebHook",
        endpointUrl: receiver.url,
        deliveryAttributeMappings: [
          { name: "x-team", type: "Static", value: "billing" },
          { name: "x-order", type: "Dynamic", sourceField: "data.order" },
          { name: "x-absent", type: "Dynamic", sourceField: "data.absent" },
        ],
      },
    });
    topic.eventGrid.publish("orders", event({ order: 7 }));
    await topic.end();
    expect(receiver.received[0]?.headers).toMatchObject({ "x-team": "billing", "x-order": "7" });
    expect(receiver.received[0]?.headers).not.toHaveProperty("x-absent");
  });

  test("is not made where the filter does not match", async () => {
    await using topic = await startTopic(accept, { filter: { includedEventTypes: ["order.paid.v1"] } });
    topic.eventGrid.publish("orders", event(), event({}, "order.paid.v1"));
    await topic.end();
    expect(topic.webhook.received.map(({ body }) => JSON.parse(body).type)).toEqual(["order.paid.v1"]);
  });

  test("is repeated until it succeeds, under the same name", async () => {
    await using topic = await startTopic(answerWith(503, 500, 302, 204));
    topic.eventGrid.publish("orders", event());
    expect(await topic.end()).toMatchObject({ step: "delivered", delivery: { attempts: 3 } });
    const headers = topic.webhook.received.map((request) => request.headers);
    expect(headers.map((header) => header["aeg-delivery-count"])).toEqual(["0", "1", "2", "3"]);
    expect(new Set(headers.map((header) => header["aeg-output-event-id"])).size).toBe(1);
    const [first, second] = topic.webhook.received;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(59); // 30 s for a 503, scaled
  });

  test("reaches other subscriptions while one of them fails", async () => {
    await using healthy = await startWebhook(surroundings.tls);
    await using topic = await startTopic(answerWith(500), {}, { retryScale: 1 });
    const destination = { endpointType: "WebHook", endpointUrl: healthy.url } as const;
    await topic.eventGrid.subscribe("orders", { name: "shipping", destination });
    topic.eventGrid.publish("orders", event());
    await vi.waitFor(() => expect(healthy.received).toHaveLength(1), { timeout: 10_000, interval: 10 });
  });
});

describe("an event that cannot be delivered", () => {
  const deadLetterDestination = { container: "dead-letters" };

  async function deadLetters(prefix: string): Promise<readonly { name: string; body: unknown }[]> {
    const service = new BlobServiceClient(storage.blobEndpoint, new DefaultAzureCredential());
    const container = service.getContainerClient("dead-letters");
    const found: { name: string; body: unknown }[] = [];
    for await (const { name } of container.listBlobsFlat({ prefix })) {
      const text = (await container.getBlobClient(name).downloadToBuffer()).toString();
      found.push({ name, body: JSON.parse(text) });
    }
    return found;
  }

  test("becomes a dead letter when the attempts are used up, with its story", async () => {
    const retryPolicy = { maxDeliveryAttempts: 2 };
    await using topic = await startTopic(answerWith(500), { name: "used-up", retryPolicy, deadLetterDestination });
    const sent = event({ total: 3 });
    topic.eventGrid.publish("orders", sent);
    expect(await topic.end()).toMatchObject({ step: "dead-lettered" });

    expect(topic.webhook.received).toHaveLength(2);
    const [letter, ...more] = await deadLetters("USED-UP/");
    expect(more).toEqual([]);
    expect(letter?.name).toMatch(/^USED-UP\/\d{4}\/\d+\/\d+\/\d+\/[0-9a-f-]{36}\.json$/);
    expect(letter?.body).toEqual([
      {
        ...sent,
        deadletterreason: "MaxDeliveryAttemptsExceeded",
        deliveryattempts: 2,
        lastdeliveryoutcome: "GenericError",
        lasthttpstatuscode: 500,
        publishtime: expect.stringMatching(/Z$/),
        lastdeliveryattempttime: expect.stringMatching(/Z$/),
      },
    ]);
  });

  test.each([
    [400, "UndeliverableDueToHttpBadRequest", "BadRequest"],
    [401, "UndeliverableDueToHttpUnauthorized", "Unauthorized"],
    [403, "UndeliverableDueToHttpForbidden", "Forbidden"],
    [413, "UndeliverableDueToHttpRequestEntityTooLarge", "PayloadTooLarge"],
  ])("becomes a dead letter at once after a %i", async (status, deadLetterReason, lastDeliveryOutcome) => {
    const eventDeliverySchema = "EventGridSchema";
    const name = `status-${status}`;
    await using topic = await startTopic(answerWith(status), { name, deadLetterDestination, eventDeliverySchema });
    topic.eventGrid.publish("orders", event());
    await topic.end();
    expect(topic.webhook.received).toHaveLength(1);
    const [letter] = await deadLetters(name.toUpperCase());
    expect(letter?.body).toMatchObject([
      { eventType: "order.placed.v1", deadLetterReason, lastDeliveryOutcome, deliveryAttempts: 1 },
    ]);
  });

  test("becomes a dead letter when its time to live is over", async () => {
    const retryPolicy = { eventTimeToLiveInMinutes: 1 };
    await using topic = await startTopic(answerWith(500), { name: "too-old", retryPolicy, deadLetterDestination });
    topic.eventGrid.publish("orders", event());
    await topic.end();
    const [letter] = await deadLetters("TOO-OLD/");
    expect(letter?.body).toMatchObject([{ deadletterreason: "TimeToLiveExceeded" }]);
  });

  test("is dropped where there is no dead-letter destination, and that is said", async () => {
    await using topic = await startTopic(answerWith(400));
    topic.eventGrid.publish("orders", event());
    expect(await topic.end()).toMatchObject({
      step: "dropped",
      delivery: { fate: { reason: "UndeliverableDueToHttpBadRequest" } },
      outcome: { status: 400 },
    });
  });

  test("waits for its dead-letter container to be there", async () => {
    const name = "no-container";
    await using topic = await startTopic(answerWith(400), { name, deadLetterDestination: { container: "later" } });
    topic.eventGrid.publish("orders", event());
    await vi.waitUntil(() => topic.reports.length > 0, { timeout: 10_000, interval: 10 });
    expect(topic.reports[0]?.outcome?.description).toContain("The specified container does not exist");
    await new BlobServiceClient(storage.blobEndpoint, new DefaultAzureCredential()).createContainer("later");
    expect(await topic.end()).toMatchObject({ step: "dead-lettered" });
    expect(topic.webhook.received).toHaveLength(1);
  });

  test("counts a webhook that is not there as a failed attempt", async () => {
    const topic = await startTopic(accept, { retryPolicy: { maxDeliveryAttempts: 1 } });
    await topic.webhook[Symbol.asyncDispose]();
    topic.eventGrid.publish("orders", event());
    expect(await topic.end()).toMatchObject({ step: "dropped", outcome: { outcome: "SocketError" } });
    await topic.eventGrid.close();
  });
});

describe("what is not delivered when Event Grid ends", () => {
  test("is delivered by the next run from the same folder", async () => {
    const folder = join(surroundings.folder, "restart");
    let healthy = false;
    const whenHealthy: AnswerRequest = (_, response) => void response.writeHead(healthy ? 200 : 500).end();
    await using topic = await startTopic(whenHealthy, {}, { folder, retryScale: 0.02 });
    const sent = event({ total: 3 });
    topic.eventGrid.publish("orders", sent);
    // Its report, not its arrival: an attempt that is cut off before it is answered does not count.
    await vi.waitUntil(() => topic.reports.length > 0, { timeout: 10_000, interval: 10 });
    await topic.eventGrid.close();

    healthy = true;
    await using _next = await topic.start();
    expect(await topic.end()).toMatchObject({ step: "delivered", delivery: { attempts: 1 } });
    const [first, second] = topic.webhook.received;
    expect(second?.headers["aeg-output-event-id"]).toBe(first?.headers["aeg-output-event-id"]);
    expect(JSON.parse(second?.body ?? "")).toEqual(sent);
  });

  test("is cut off in the middle of an attempt without counting it", async () => {
    const folder = join(surroundings.folder, "cut-off");
    let answers = false;
    const sometimes: AnswerRequest = (_, response) => void (answers && response.writeHead(200).end());
    await using topic = await startTopic(sometimes, {}, { folder });
    topic.eventGrid.publish("orders", event());
    await vi.waitFor(() => expect(topic.webhook.received).toHaveLength(1), { timeout: 10_000, interval: 10 });
    await topic.eventGrid.close();
    expect(topic.reports).toEqual([]);

    answers = true;
    await using _next = await topic.start();
    expect(await topic.end()).toMatchObject({ step: "delivered", delivery: { attempts: 0 } });
  });

  test("is delivered by the next run also if the process was killed as soon as it had accepted", async () => {
    const folder = join(surroundings.folder, "killed");
    let healthy = false;
    const whenHealthy: AnswerRequest = (_, response) => void response.writeHead(healthy ? 200 : 500).end();
    await using topic = await startTopic(whenHealthy, {}, { folder });
    await topic.eventGrid.close();
    const sent = event({ total: 3 });
    const { tls } = surroundings;
    const subscription = { name: "billing", destination: { endpointType: "WebHook", endpointUrl: topic.webhook.url } };
    const options = { tls, folder, topics: [{ name: "orders", subscriptions: [subscription] }] };
    const child = spawn(
      process.execPath,
      ["--input-type=module", "-e", killedProgram, JSON.stringify(options), JSON.stringify(sent)],
      {
        cwd: import.meta.dirname,
        env: { ...process.env, NODE_EXTRA_CA_CERTS: surroundings.caCertificatePath },
      },
    );
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGKILL");

    healthy = true;
    const before = topic.webhook.received.length;
    await using _next = await topic.start();
    await topic.end();
    expect(topic.webhook.received.slice(before).map(({ body }) => JSON.parse(body))).toEqual([sent]);
  });

  test("is dropped with the subscription that it was for", async () => {
    await using topic = await startTopic(answerWith(500), {}, { retryScale: 0.01 });
    topic.eventGrid.publish("orders", event());
    await vi.waitFor(() => expect(topic.reports).toHaveLength(1), { timeout: 10_000, interval: 10 });
    expect(topic.eventGrid.unsubscribe("orders", "Billing")).toBe(true);
    expect(topic.eventGrid.unsubscribe("orders", "billing")).toBe(false);
    expect(await topic.end()).toMatchObject({ step: "dropped" });
    expect(topic.webhook.received).toHaveLength(1);
  });
});

test("a thousand events are each delivered once, many at a time", async () => {
  let open = 0;
  let most = 0;
  const slowly: AnswerRequest = (_, response) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.writeHead(200).end();
    }, 1);
  };
  await using topic = await startTopic(slowly);
  const events = Array.from({ length: 1000 }, (_, number) => event({ number }));
  topic.eventGrid.publish("orders", ...events);
  await vi.waitUntil(() => topic.reports.length === 1000, { timeout: 25_000, interval: 10 });
  expect(new Set(topic.webhook.received.map(({ body }) => JSON.parse(body).data.number)).size).toBe(1000);
  expect(topic.webhook.received).toHaveLength(1000);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(32);
});
