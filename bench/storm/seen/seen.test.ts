import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { executionsIn, followLogs, type LogLine, troublesIn } from "./logs.ts";
import { type RequestCount, requestsBetween, sumOf } from "./requests.ts";

const reads: RequestCount = {
  service: "console",
  target: "storage",
  operation: "read",
  container: "ledger",
  status: 200,
  count: 5,
  sent: 0,
  received: 500,
};

test("between two readings there is what came in, by kind, and nothing of what did not", () => {
  const writes = { ...reads, operation: "write", status: 201, count: 2, sent: 60, received: 0 };
  const between = requestsBetween(
    [reads, writes],
    [{ ...reads, count: 8, received: 900 }, writes, { ...reads, status: 404 }],
  );
  expect(between).toEqual([
    { ...reads, count: 3, received: 400 },
    { ...reads, status: 404 },
  ]);
  expect(sumOf(between, ({ status }) => status === 200)).toEqual({ count: 3, sent: 0, received: 400 });
});

const line = (message: string, more: Partial<LogLine> = {}): LogLine => ({
  service: "console",
  at: 0,
  level: "information",
  message,
  ...more,
});

test("executions are counted by function, with those that failed", () => {
  const executed = (message: string, durationMs: number) => line(message, { functionName: "run-ledger", durationMs });
  expect(
    executionsIn([
      executed("Executing 'Functions.run-ledger'", 0),
      executed("Executed 'Functions.run-ledger' (Succeeded, Id=1)", 10),
      executed("Executed 'Functions.run-ledger' (Failed, Id=2): no", 30),
      line("admitted a/b.csv"),
    ]),
  ).toEqual({ "run-ledger": { count: 2, failed: 1, milliseconds: 40 } });
});

test("troubles are one where they differ in numbers and ids alone", () => {
  const warnings = ["attempt 1 of 3f1c9a0b5d7e2468 failed", "attempt 2 of a1b2c3d4e5f60718 failed"];
  expect(troublesIn([...warnings.map((message) => line(message, { level: "warning" })), line("fine")])).toEqual({
    "console: attempt # of … failed": 2,
  });
});

test("logs are read from where they were left, whole lines only", async () => {
  const folder = await mkdtemp(join(tmpdir(), "storm-logs-"));
  const file = join(folder, "console.jsonl");
  const entry = (message: string) =>
    `${JSON.stringify({ time: "2026-11-23T09:00:00.000Z", level: "warning", message })}\n`;
  const logs = followLogs(folder);
  await writeFile(file, entry("é 1") + entry("2").slice(0, 10));
  expect((await logs.read()).map(({ message }) => message)).toEqual(["é 1"]);
  await appendFile(file, entry("2").slice(10));
  expect(await logs.read()).toMatchObject([
    { service: "console", message: "2", at: Date.parse("2026-11-23T09:00:00Z") },
  ]);
  expect(await logs.read()).toEqual([]);
  await rm(folder, { recursive: true });
});
