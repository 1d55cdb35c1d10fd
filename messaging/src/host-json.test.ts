import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type QueueTopology, queues, services } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { hostJson, hostJsonFile, UnlikeQueuesError } from "./host-json.ts";

const root = join(import.meta.dirname, "../..");

test.each(services)("host.json of %s is as the topology has it (else run: pnpm generate)", (service) => {
  expect(readFileSync(join(root, "services", service, "host.json"), "utf8")).toBe(hostJsonFile(service));
});

describe("a host", () => {
  const table = (changes: Readonly<Record<string, Partial<QueueTopology>>>): Readonly<Record<string, QueueTopology>> =>
    Object.fromEntries(
      Object.entries<QueueTopology>(queues).map(([name, queue]) => [name, { ...queue, ...changes[name] }]),
    );

  test("takes concurrency, sessions and how long a lock is renewed from the queues of its service", () => {
    const changes = {
      "evaluate-model": { concurrency: 3, handlingTime: "PT1H30M" },
      "model-registered": { handlingTime: "PT1H30M" },
      "score-batch": { handlingTime: "PT1H30M" },
    };
    expect(hostJson("evaluator", table(changes))).toMatchObject({
      functionTimeout: "01:30:00",
      extensions: {
        serviceBus: {
          maxConcurrentCalls: 4,
          maxConcurrentSessions: 3,
          maxAutoLockRenewalDuration: "01:30:00",
        },
      },
    });
  });

  test("may work for a day, which .NET reads as one only with the day said", () => {
    expect(hostJson("console", table({ "run-ledger": { handlingTime: "P1DT2H" } }))).toMatchObject({
      functionTimeout: "1.02:00:00",
    });
  });

  test("cannot treat queues of one service differently: which do is said", () => {
    expect(() => hostJson("data-watcher", table({ "training-due": { concurrency: 1 } }))).toThrow(UnlikeQueuesError);
    expect(() => hostJson("data-watcher", table({ "training-due": { concurrency: 1 } }))).toThrow(
      "the same concurrency, for host.json has one: data-dropped: 8, operate-batch: 8, training-due: 1",
    );
    expect(() => hostJson("deployer", table({ "code-released": { handlingTime: "PT1M" } }))).toThrow("handlingTime");
  });
});
