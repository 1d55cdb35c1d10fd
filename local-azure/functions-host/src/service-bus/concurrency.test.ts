import { expect, test, vi } from "vitest";
import { mostAtOnce, useMessageApps, waitingIn, workQueue } from "../testing/message-app.ts";

const start = useMessageApps();

test("with autoCompleteMessages off a success does not settle", async () => {
  const { client, runs } = await start({ queues: [{ name: "work", lockDuration: "PT2S" }] }, workQueue, {
    autoCompleteMessages: false,
    maxAutoLockRenewalDuration: "00:00:00",
  });
  await client.createSender("work").sendMessages({ body: "again" });
  await vi.waitUntil(() => runs().length >= 2, { timeout: 15_000, interval: 10 });
  expect(
    runs()
      .map((one) => one.metadata["deliveryCount"])
      .slice(0, 2),
  ).toEqual([1, 2]);
});

test("no more than maxConcurrentCalls messages are handled at once", async () => {
  const slow = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", handler: recorded(() => delay(100)) });`;
  const { client, runs, logs } = await start({ queues: [{ name: "work" }] }, slow, { maxConcurrentCalls: 2 });
  await client.createSender("work").sendMessages(Array.from({ length: 8 }, (_, n) => ({ body: n })));
  await vi.waitFor(() => expect(runs()).toHaveLength(8), { timeout: 15_000, interval: 10 });
  expect(mostAtOnce(logs)).toBe(2);
});

test("a lock is renewed while a handler runs longer than it", async () => {
  const slow = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", handler: recorded(() => delay(3500)) });`;
  const { bus, client, runs } = await start({ queues: [{ name: "work", lockDuration: "PT2S" }] }, slow);
  await client.createSender("work").sendMessages({ body: "long" });
  await vi.waitFor(() => expect(runs()).toHaveLength(1), { timeout: 15_000, interval: 10 });
  await vi.waitFor(async () => expect(await waitingIn(bus, "work")).toEqual([]), { timeout: 15_000, interval: 10 });
  expect(runs("begin")).toHaveLength(1);
});

test("a drain settles what runs and leaves the rest in the queue", async () => {
  const slow = `app.serviceBusQueue("work", { queueName: "work", connection: "Bus", handler: recorded(() => delay(400)) });`;
  const { bus, client, app, runs } = await start({ queues: [{ name: "work" }] }, slow, { maxConcurrentCalls: 1 });
  await client.createSender("work").sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
  await vi.waitFor(() => expect(runs("begin")).toHaveLength(1), { timeout: 15_000, interval: 10 });
  await app.drain();
  expect(await app.exited).toMatchObject({ expected: true, code: 0 });
  const done = runs().length;
  expect(done).toBeGreaterThanOrEqual(1);
  expect((await waitingIn(bus, "work")).map((message) => message.body)).toEqual([1, 2, 3].slice(done));
});
