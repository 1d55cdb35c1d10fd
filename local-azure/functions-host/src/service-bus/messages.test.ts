import { expect, test, vi } from "vitest";
import { useMessageApps, waitingIn, workQueue } from "../testing/message-app.ts";

const start = useMessageApps();

test("a message reaches the handler with the metadata of the real host and is completed", async () => {
  const { bus, client, runs } = await start({ queues: [{ name: "work" }] }, workQueue);
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
  await vi.waitFor(() => expect(runs()).toHaveLength(1), { timeout: 15_000, interval: 10 });
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
  await vi.waitFor(async () => expect(await waitingIn(bus, "work")).toEqual([]), { timeout: 15_000, interval: 10 });
});

test("the W3C traceparent of a message goes before its Diagnostic-Id", async () => {
  const { client, runs } = await start({ queues: [{ name: "work" }] }, workQueue);
  const trace = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  const applicationProperties = {
    traceparent: `00-${trace}-bbbbbbbbbbbbbbbb-01`,
    "Diagnostic-Id": "00-cccccccccccccccccccccccccccccccc-dddddddddddddddd-01",
  };
  await client.createSender("work").sendMessages({ body: "x", applicationProperties });
  await vi.waitFor(() => expect(runs()).toHaveLength(1), { timeout: 15_000, interval: 10 });
  expect(runs()[0]?.traceParent).toContain(trace);
});

test("bodies arrive as the library reads them: JSON, text, and bytes where the binding asks for them", async () => {
  const { client, runs } = await start(
    { queues: [{ name: "work" }, { name: "bytes" }] },
    `${workQueue} app.serviceBusQueue("raw", { queueName: "bytes", connection: "Bus", dataType: "binary", handler: async (body, context) => recorded()(body.toString("base64"), context) });`,
  );
  await client.createSender("work").sendMessages([{ body: "just text" }, { body: 42 }, { body: Buffer.from(`[1,2]`) }]);
  const bytes = Buffer.from([0, 200, 255]);
  await client.createSender("bytes").sendMessages({ body: bytes });
  await vi.waitFor(() => expect(runs()).toHaveLength(4), { timeout: 15_000, interval: 10 });
  expect(runs().map((one) => one.body)).toEqual(
    expect.arrayContaining(["just text", 42, [1, 2], bytes.toString("base64")]),
  );
});

test("a failing handler abandons its message, which comes again until it is dead-lettered", async () => {
  const failing = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", handler: recorded(async () => { throw new Error("cannot"); }) });`;
  const { bus, client, runs, logs } = await start({ queues: [{ name: "work", maxDeliveryCount: 3 }] }, failing);
  await client.createSender("work").sendMessages({ body: "bad" });
  await vi.waitFor(async () => expect(await waitingIn(bus, "work", "deadLetter")).toHaveLength(1), {
    timeout: 15_000,
    interval: 10,
  });
  await vi.waitFor(() => expect(logs.filter((log) => log.error?.message === "cannot")).toHaveLength(3), {
    timeout: 15_000,
    interval: 10,
  });
  expect(runs("begin").map((one) => one.metadata["deliveryCount"])).toEqual([1, 2, 3]);
  expect((await waitingIn(bus, "work", "deadLetter"))[0]?.deadLetterReason).toBe("MaxDeliveryCountExceeded");
});
