import { expect, test } from "vitest";
import { hostSettings } from "./host-json.ts";

test("an empty host.json gives the defaults of the Functions host", () => {
  expect(hostSettings({ version: "2.0" })).toEqual({
    version: "2.0",
    functionTimeoutMs: 1_800_000,
    routePrefix: "api",
    logLevels: {},
    functions: undefined,
    serviceBus: {
      prefetchCount: 0,
      autoCompleteMessages: true,
      maxAutoLockRenewalMs: 300_000,
      maxConcurrentCalls: 16,
      maxConcurrentSessions: 8,
      maxConcurrentCallsPerSession: 1,
      sessionIdleTimeoutMs: 60_000,
      maxMessageBatchSize: 1000,
      minMessageBatchSize: 1,
      maxBatchWaitMs: 30_000,
      retry: { maxRetries: 3, delayMs: 800, maxDelayMs: 60_000, tryTimeoutMs: 60_000 },
    },
  });
});

test("what host.json says is taken over", () => {
  const settings = hostSettings({
    version: "2.0",
    functionTimeout: "-1",
    extensions: {
      http: { routePrefix: "" },
      serviceBus: { maxConcurrentCalls: 3, sessionIdleTimeout: "00:00:02.5", maxAutoLockRenewalDuration: "1.00:00:00" },
    },
    logging: { logLevel: { default: "Warning" } },
  });
  expect(settings).toMatchObject({
    functionTimeoutMs: undefined,
    routePrefix: "",
    logLevels: { default: "warning" },
    serviceBus: { maxConcurrentCalls: 3, sessionIdleTimeoutMs: 2500, maxAutoLockRenewalMs: 86_400_000 },
  });
});

test.each<[object, RegExp]>([
  [
    { extensions: { serviceBus: { maxConcurrentCalls: 0 } } },
    /maxConcurrentCalls: 0 is not a whole number of at least 1/,
  ],
  [{ extensions: { serviceBus: { maxBatchWaitTime: "30" } } }, /maxBatchWaitTime: "30" is not a time span/],
  [{ logging: { logLevel: { default: "Loud" } } }, /logLevel.default: "Loud" is none of trace, debug/],
])("%j is refused, naming the setting", (part, reason) => {
  expect(() => hostSettings({ version: "2.0", ...part })).toThrow(reason);
});
