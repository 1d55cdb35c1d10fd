import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ServiceBusClient } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startServiceBus } from "./service-bus.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "service-bus-serve-"));
});
afterEach(() => rm(folder, { recursive: true }));

function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const errors: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
  return { child, lines, errors, ended: once(child, "exit") as Promise<[number | null]> };
}

describe("The command line", () => {
  test("prints the connection string when it is ready, serves the configured entities, and stops on SIGTERM", async () => {
    const config = join(folder, "Config.json");
    const namespace = { Name: "n", Queues: [{ Name: "configured", Properties: {} }], Topics: [] };
    await writeFile(config, JSON.stringify({ UserConfig: { Namespaces: [namespace] } }));
    const { child, lines, ended } = run("--port", "0", "--data", join(folder, "data"), "--config", config);
    await vi.waitUntil(() => lines.length > 0, { timeout: 10_000 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^Endpoint=sb:\/\/localhost:\d+;SharedAccessKeyName=.+;SharedAccessKey=.+;UseDevelopmentEmulator=true;$/,
    );
    const client = new ServiceBusClient(lines[0] ?? "");
    await client.createSender("configured").sendMessages({ body: "kept" });
    await client.close();
    child.kill("SIGTERM");
    expect((await ended)[0]).toBe(0);
  });

  test.each([
    [["--port", "many"], "--port many"],
    [["--synchronous", "SOMETIMES"], "SOMETIMES"],
    [["--colour", "blue"], "--colour"],
    [["--config", "/no/such/file.json"], "/no/such/file.json"],
    [["--certificate", "/only/one.pem"], "go together"],
  ])("says what is wrong with %j", async (args, words) => {
    const { ended, errors } = run(...args);
    expect((await ended)[0]).toBe(1);
    expect(errors.join("\n")).toContain(words);
  });

  test("ends, saying that the port is in use, where somebody else listens", async () => {
    await using other = await startServiceBus();
    const { ended, errors } = run("--port", String(other.port), "--data", join(folder, "data"));
    expect((await ended)[0]).toBe(1);
    expect(errors.join("\n")).toContain(`Port ${other.port} of 127.0.0.1 is in use; name another`);
  });
});
