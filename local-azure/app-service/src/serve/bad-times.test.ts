import { expect, test, vi } from "vitest";
import { packageOf } from "../testing/package-of.ts";
import { useLocalAzure } from "../testing/site-tests.ts";

const tests = useLocalAzure();

test("an app that crashes is answered for by 503 with Retry-After and started again", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  const crashed = await fetch(`${site}/crash`, { method: "POST" });
  expect(crashed.status).toBe(503);
  expect(Number(crashed.headers.get("retry-after"))).toBeGreaterThan(0);
  await vi.waitUntil(async () => (await fetch(`${site}/version`)).ok, { timeout: 10_000 });
  expect(
    tests.azure.logs.some(
      (log) => log.site === tests.name && /The app is down \(the process ended with code 9\)/.test(log.message),
    ),
  ).toBe(true);
});

test("that an app is down, how it ended and that it is up again is told", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  await fetch(`${site}/crash`, { method: "POST" });
  await vi.waitUntil(async () => (await fetch(`${site}/version`)).ok, { timeout: 10_000 });
  const slot = { site: tests.name, slot: "production" };
  const reason = "the process ended with code 9";
  expect(tests.azure.troubles.filter((trouble) => trouble.site === tests.name)).toEqual([
    { ...slot, reason, output: ["crashing now"], servedMs: expect.any(Number), retryInMs: 250 },
    slot,
  ]);
});

test("a body streams through to the app and back unharmed", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  const body = Buffer.alloc(5_000_000, "0123456789");
  const response = await fetch(`${site}/echo`, { method: "POST", body });
  expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
});

test("an app whose handler runs past functionTimeout is replaced, and others are served soon", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  const hanging = await fetch(`${site}/slow?ms=60000`);
  expect(hanging.status).toBe(500);
  const since = performance.now();
  await vi.waitUntil(async () => (await fetch(`${site}/version`)).ok, { timeout: 10_000 });
  // The old process gets five seconds to finish; nobody has to wait for that.
  expect(performance.now() - since).toBeLessThan(4_500);
});
