import type { FunctionApp } from "@local-azure/functions-host";
import { describe, expect, test } from "vitest";
import { backoffMs, crashesInRow } from "./backoff.ts";
import { createGate, Refusal } from "./gate.ts";
import { createWorker } from "./worker.ts";

const app = (drain = async () => {}) =>
  ({ exited: new Promise(() => {}), unhealthy: new Promise(() => {}), drain }) as unknown as FunctionApp;

describe("a gate", () => {
  test("holds requests while a process starts, and lets them all pass to it", async () => {
    const gate = createGate();
    gate.set({ kind: "starting", holds: true });
    const held = Promise.all([gate.pass(), gate.pass()]);
    const worker = createWorker(app(), "/");
    gate.set({ kind: "open", worker });
    expect(await held).toEqual([worker, worker]);
  });

  test("turns held requests away when the process does not start", async () => {
    const gate = createGate();
    gate.set({ kind: "starting", holds: true });
    const held = gate.pass();
    gate.set({ kind: "crashed", reason: "no memory", retryAt: Date.now() + 2500 });
    await expect(held).rejects.toMatchObject({
      status: 503,
      retryAfter: 3,
      message: expect.stringContaining("no memory"),
    });
  });

  test("answers for a stopped and for an empty slot", () => {
    const gate = createGate();
    expect(() => gate.pass()).toThrow(Refusal);
    gate.set({ kind: "stopped" });
    expect(() => gate.pass()).toThrow("This web app is stopped.");
  });
});

test("a worker retires only when its last request has ended", async () => {
  let drained = false;
  const worker = createWorker(
    app(async () => {
      drained = true;
    }),
    "/",
  );
  const [first, second] = [worker.begin(), worker.begin()];
  const retired = worker.retire();
  first();
  first();
  await Promise.resolve();
  expect([drained, worker.inFlight()]).toEqual([false, 1]);
  second();
  await retired;
  expect(drained).toBe(true);
});

test("the wait after each crash in a row doubles up to half a minute, and begins anew after a good run", () => {
  expect([1, 2, 3, 20].map(backoffMs)).toEqual([250, 500, 1000, 30_000]);
  expect(crashesInRow(3, 100)).toBe(4);
  expect(crashesInRow(3, 60_000)).toBe(1);
});
