import { describe, expect, test, vi } from "vitest";
import { useMessageApps, waitingIn } from "../testing/message-app.ts";

const start = useMessageApps();
const count = 60;
const numbers = Array.from({ length: count }, (_, n) => n);

/**
 * A handler whose first invocations all end in the same tick, in the order of their numbers. Those that are to fail
 * succeed when they are called again.
 */
const endTogether = (failing: readonly number[]) => `
  const failing = new Set(${JSON.stringify(failing)});
  let begun = 0;
  const { promise: allHaveBegun, resolve } = Promise.withResolvers();
  const endTogether = recorded(async (n, context) => {
    if (context.triggerMetadata.deliveryCount > 1) return;
    if (++begun === ${count}) resolve();
    await allHaveBegun;
    for (let step = 0; step < 20 * n; step++) await undefined;
    if (failing.has(n)) throw new Error("cannot yet");
  });`;

describe.each([
  { kind: "a queue", requiresSession: false, settings: { maxConcurrentCalls: count } },
  {
    kind: "a session",
    requiresSession: true,
    settings: { maxConcurrentSessions: 1, maxConcurrentCallsPerSession: count },
  },
])("messages of $kind whose invocations end in the same tick", ({ requiresSession, settings }) => {
  test.each([
    { which: "none but the first", failing: [0] },
    { which: "all but the first", failing: numbers.slice(1) },
    { which: "every other", failing: numbers.filter((n) => n % 2 === 1) },
  ])("are settled each by its own outcome where $which fails", async ({ failing }) => {
    const { bus, client, runs } = await start(
      { queues: [{ name: "work", requiresSession }] },
      `${endTogether(failing)} app.serviceBusQueue("work", { queueName: "work", connection: "Bus", isSessionsEnabled: ${requiresSession}, handler: endTogether });`,
      settings,
    );
    const session = requiresSession ? { sessionId: "one" } : {};
    await client.createSender("work").sendMessages(numbers.map((body) => ({ body, ...session })));
    await vi.waitUntil(async () => runs("begin").length >= count && (await waitingIn(bus, "work")).length === 0, {
      timeout: 15_000,
      interval: 50,
    });
    // The last lines of the log may still be on their way.
    await vi.waitFor(
      () => {
        const deliveries = Map.groupBy(runs("begin"), ({ body }) => body);
        expect(numbers.filter((n) => deliveries.get(n)?.length === 2)).toEqual(failing);
        expect(runs("begin")).toHaveLength(count + failing.length);
      },
      { timeout: 5_000, interval: 20 },
    );
  });
});
