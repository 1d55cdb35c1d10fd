import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type QueueTopology, queues, serviceBusConnection, services } from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assembleService } from "./assemble-service.ts";
import type { RegisteredFunction } from "./functions-of.ts";

const scratch = mkdtempSync(join(tmpdir(), "ratchet-assemble-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What the program says of an assembled package that it loads, in a process of its own. */
const functionsOf = (...words: readonly string[]) =>
  execFileSync(process.execPath, [join(import.meta.dirname, "functions-of.ts"), ...words], { encoding: "utf8" });

/** The queues that a service is to receive from by the topology, each with how. */
const queuesOf = (service: string) =>
  Object.fromEntries(
    Object.entries<QueueTopology>(queues)
      .filter(([, { receiver }]) => receiver === service)
      .map(([queue, { requiresSession }]) => [
        queue,
        { connection: serviceBusConnection, isSessionsEnabled: requiresSession },
      ]),
  );

describe.each([...services, "inference"])("the package of %s", (program) => {
  const folder = join(scratch, program);
  let functions: readonly RegisteredFunction[];
  const triggersOf = (type: string) =>
    functions.map(({ trigger }) => trigger).filter((trigger) => trigger.type === type);
  beforeAll(async () => {
    await assembleService(program, folder);
    functions = JSON.parse(functionsOf("--json", folder));
  });

  test("registers functions, and needs nothing for it but what is in it", () => {
    expect(functions.length).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({
      main: "dist/functions.cjs",
    });
    expect(existsSync(join(folder, "host.json"))).toBe(true);
  });

  test("has a function for each queue that the topology gives it, as the queue asks, and for no other", () => {
    const received = triggersOf("serviceBusTrigger").map(({ queueName, connection, isSessionsEnabled = false }) => [
      queueName,
      { connection, isSessionsEnabled },
    ]);
    expect(Object.fromEntries(received)).toEqual(queuesOf(program));
    expect(received).toHaveLength(Object.keys(queuesOf(program)).length);
  });

  test("says of each request and schedule that it answers how it is reached", () => {
    for (const { route, methods, authLevel } of triggersOf("httpTrigger")) {
      // The inference app answers at its root too, and says itself what is wrong with a method.
      if (program !== "inference") {
        expect(route).toMatch(/^[a-z0-9]/);
        expect(methods).toHaveLength(1);
      }
      // The inference app is closed by its network rules; a function key would be a shared secret.
      expect(authLevel === "anonymous", String(route)).toBe(program === "inference");
    }
    for (const { schedule } of triggersOf("timerTrigger")) expect(schedule).toMatch(/^(\S+ ){5}\S+$/);
  });
});

test("the functions of a package are listed by name, for those who look whether an app has them", async () => {
  const folder = join(scratch, "listed");
  await assembleService("console", folder);
  expect(functionsOf(folder)).toBe("events\nmodel\nrebuild\nrun-ledger\nstatus\n");
});

test("native packages come with the binaries of Linux on x64 only", async () => {
  const folder = join(scratch, "native");
  await assembleService("inference", folder);
  const binaries = globSync("node_modules/onnxruntime-node/bin/**/*.node", { cwd: folder });
  expect(binaries).toEqual(["node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node"]);
});

test("a service that is not there is named", async () => {
  await expect(assembleService("none", join(scratch, "none"))).rejects.toThrow("There is no service none");
});
