import { expect, test, vi } from "vitest";
import { mostAtOnce, useMessageApps, waitingIn } from "../testing/message-app.ts";

const start = useMessageApps();

test("messages of a session are handled in order, sessions beside each other", async () => {
  const slow = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", isSessionsEnabled: true, handler: recorded(() => delay(60)) });`;
  const { client, runs, logs } = await start({ queues: [{ name: "work", requiresSession: true }] }, slow, {
    maxConcurrentSessions: 2,
    sessionIdleTimeout: "00:00:00.5",
  });
  const sessions = ["a", "b", "c"];
  await client
    .createSender("work")
    .sendMessages([1, 2, 3].flatMap((n) => sessions.map((sessionId) => ({ body: n, sessionId }))));
  await vi.waitFor(() => expect(runs()).toHaveLength(9), { timeout: 15_000, interval: 10 });
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
  const { client, runs } = await start(
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
  await vi.waitFor(() => expect(handled()).toHaveLength(7), { timeout: 15_000, interval: 10 });
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
  const { bus, client, runs } = await start({ queues: [{ name: "work" }] }, batch);
  await client.createSender("work").sendMessages([{ body: 1 }, { body: 2 }]);
  await vi.waitFor(() => expect(runs().flatMap((one) => one.body as number[])).toHaveLength(2), {
    timeout: 15_000,
    interval: 10,
  });
  expect(runs("begin").length).toBeGreaterThan(runs().length);
  await vi.waitFor(async () => expect(await waitingIn(bus, "work")).toEqual([]), { timeout: 15_000, interval: 10 });
});
