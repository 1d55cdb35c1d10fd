import { mkdir, writeFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { type LogRecord, startFunctionApp } from "../index.ts";
import { temporaryApp } from "../testing/temporary-app.ts";

const source = (options: string, body = "") => `import { app } from "@azure/functions";
app.timer("tick", { ${options}, handler: async (timer, context) => {
  context.log("timer " + JSON.stringify({ ...timer, retry: context.retryContext?.retryCount ?? 0 }));
  ${body}
} });`;

function recorder() {
  const logs: LogRecord[] = [];
  const runs = () =>
    logs.filter((log) => log.message.startsWith("timer ")).map((log) => JSON.parse(log.message.slice(6)));
  return { runs, onLog: (record: LogRecord) => void logs.push(record) };
}

test("a timer runs at its seconds, without a schedule status if it is not monitored", async () => {
  await using files = await temporaryApp(source(`schedule: "* * * * * *"`));
  const { runs, onLog } = recorder();
  await using _ = await startFunctionApp({ name: "timers", directory: files.directory, onLog });
  await vi.waitUntil(() => runs().length >= 2, { timeout: 10_000 });
  expect(runs()[0]).toEqual({ schedule: { adjustForDST: true }, isPastDue: false, retry: 0 });
});

test("runOnStartup runs a timer at the start", async () => {
  await using files = await temporaryApp(source(`schedule: "0 0 0 1 1 *", runOnStartup: true`));
  const { runs, onLog } = recorder();
  await using _ = await startFunctionApp({ name: "timers", directory: files.directory, onLog });
  await vi.waitUntil(() => runs().length === 1, { timeout: 10_000 });
});

test("an occurrence missed while the app was down is made up for once, as past due", async () => {
  await using files = await temporaryApp(source(`schedule: "0 0 0 * * *"`));
  const stateFolder = files.file("state");
  const missed = {
    last: "2024-01-01T00:00:00.000Z",
    next: "2024-01-02T00:00:00.000Z",
    lastUpdated: "2024-01-01T00:00:00.000Z",
  };
  await mkdir(`${stateFolder}/timers/tick`, { recursive: true });
  await writeFile(`${stateFolder}/timers/tick/status.json`, JSON.stringify(missed));
  const { runs, onLog } = recorder();
  const start = () => startFunctionApp({ name: "timers", directory: files.directory, stateFolder, onLog });
  await using first = await start();
  // Of two processes of the same app, as there are while it restarts, one runs the occurrence.
  await using second = await start();
  await vi.waitUntil(() => runs().length > 0, { timeout: 10_000 });
  await first.drain();
  await second.drain();
  await using third = await start();
  await third.drain();
  expect(runs()).toEqual([{ schedule: { adjustForDST: true }, scheduleStatus: missed, isPastDue: true, retry: 0 }]);
});

test("a failing timer is retried as its policy says", async () => {
  const policy = `retry: { strategy: "fixedDelay", maxRetryCount: 2, delayInterval: 0 }`;
  await using files = await temporaryApp(source(`schedule: "0 0 0 1 1 *", ${policy}`, `throw new Error("again");`));
  const { runs, onLog } = recorder();
  await using app = await startFunctionApp({ name: "timers", directory: files.directory, onLog });
  const response = await fetch(`${app.endpoint}/admin/functions/tick`, {
    method: "POST",
    headers: { "x-functions-key": app.keys.master },
  });
  expect(response.status).toBe(202);
  await vi.waitUntil(() => runs().length === 3, { timeout: 10_000 });
  expect(runs().map((run) => run.retry)).toEqual([0, 1, 2]);
});
