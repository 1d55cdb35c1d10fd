import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type FunctionApp, type FunctionAppOptions, type LogRecord, startFunctionApp } from "./index.ts";
import { temporaryApp } from "./testing/temporary-app.ts";

const httpApp = new URL("../fixtures/http-app", import.meta.url).pathname;
const streamApp = new URL("../fixtures/stream-app", import.meta.url).pathname;

describe("an app with HTTP functions", () => {
  let app: FunctionApp;
  const logs: LogRecord[] = [];

  beforeAll(async () => {
    process.env["SECRET_OF_THE_PARENT"] = "not for children";
    app = await startFunctionApp({
      name: "http-app",
      directory: httpApp,
      settings: { GREETING: "hello", "AzureWebJobs.switchedOff.Disabled": "true" },
      onLog: (record) => logs.push(record),
    });
  });
  afterAll(() => app.close());

  const get = (path: string, init?: RequestInit) => fetch(`${app.endpoint}${path}`, init);
  const echo = async (path: string, init?: RequestInit) => (await get(path, init)).json();

  test("hands method, url, query, headers and raw body to the handler", async () => {
    const body = Buffer.from([0, 255, 13, 10, 128]);
    const seen = await echo("/api/echo?a=1&b=two&a=3", { method: "POST", body, headers: { "x-test": "yes" } });
    expect(seen).toMatchObject({
      method: "POST",
      url: `${app.endpoint}/api/echo?a=1&b=two&a=3`,
      query: { a: "1,3", b: "two" },
      header: "yes",
      body: body.toString("base64"),
      functionName: "echo",
      triggerMetadata: null,
    });
  });

  test("routes by constraint, optional part, catch-all and precedence", async () => {
    expect(await echo("/api/items/7/x%20y")).toMatchObject({ functionName: "item", params: { id: "7", part: "x y" } });
    expect(await echo("/API/Items/7/")).toMatchObject({ functionName: "item", params: { id: "7" } });
    expect(await echo("/api/items/newest")).toMatchObject({ functionName: "newest" });
    expect((await get("/api/items/seven")).status).toBe(404);
    expect(await echo("/api/files/a/b/c.txt")).toMatchObject({ params: { path: "a/b/c.txt" } });
  });

  test("answers 404 to other methods, unknown routes and disabled functions", async () => {
    expect((await get("/api/echo", { method: "DELETE" })).status).toBe(404);
    expect((await get("/api/none")).status).toBe(404);
    expect((await get("/api/switchedOff")).status).toBe(404);
    expect(app.functions.find((fn) => fn.name === "switchedOff")).toMatchObject({ disabled: true });
  });

  test("asks for a key where authLevel says so", async () => {
    const { master, functionKeys } = app.keys;
    expect((await get("/api/locked")).status).toBe(401);
    expect((await get("/api/locked", { headers: { "x-functions-key": "wrong" } })).status).toBe(401);
    expect((await get(`/api/locked?code=${functionKeys["default"]}`)).status).toBe(200);
    expect(
      (await get("/api/administrators", { headers: { "x-functions-key": String(functionKeys["default"]) } })).status,
    ).toBe(401);
    expect((await get("/api/administrators", { headers: { "x-functions-key": master } })).status).toBe(200);
  });

  test("returns status, headers, cookies and body of the handler", async () => {
    const response = await get("/api/teapot");
    expect(response.status).toBe(418);
    expect(response.headers.get("x-answer")).toBe("42");
    expect(response.headers.getSetCookie()).toEqual(["a=b%20c; max-age=60; path=/; secure; samesite=Strict; httponly"]);
    expect(await response.text()).toBe("short and stout");
  });

  test("answers 204 for no result and 500 without details for an error", async () => {
    expect((await get("/api/nothing")).status).toBe(204);
    const response = await get("/api/throws");
    expect([response.status, await response.text()]).toEqual([500, ""]);
    await vi.waitUntil(() => logs.some((log) => log.functionName === "throws" && log.error?.type === "TypeError"), {
      timeout: 10_000,
    });
  });

  test("continues the caller's trace in a span of its own", async () => {
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const { traceParent } = (await echo("/api/echo", {
      headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    })) as { traceParent: string };
    expect(traceParent).toMatch(new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    const fresh = (await echo("/api/echo")) as { traceParent: string };
    expect(fresh.traceParent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  test("runs pre- and post-invocation hooks around the handler", async () => {
    expect(await echo("/api/hooked")).toEqual({ count: 3, second: "added by a hook", hookData: { before: "seen" } });
  });

  test("sends log lines with function, invocation and level, filtered by host.json", async () => {
    await get("/api/logs");
    await get("/api/quiet");
    await vi.waitUntil(() => logs.some((log) => log.message === "kept by host.json"), { timeout: 10_000 });
    const warning = logs.find((log) => log.message === "careful, now");
    expect(warning).toMatchObject({ level: "warning", category: "Function.logs.User", functionName: "logs" });
    const executed = logs.find((log) => log.invocationId === warning?.invocationId && log.durationMs !== undefined);
    expect(executed?.message).toMatch(/^Executed 'Functions.logs' \(Succeeded/);
    expect(logs.map((log) => log.message)).not.toContain("too small to keep");
    expect(logs.map((log) => log.message)).not.toContain("left out by host.json");
    await vi.waitUntil(() => logs.some((log) => log.category === "Worker.Console" && log.message === "printed"), {
      timeout: 10_000,
    });
  });

  test("gives the app its settings and nothing else of the parent's environment", async () => {
    const environment = await echo("/api/environment");
    expect(environment).toMatchObject({ GREETING: "hello", FUNCTIONS_WORKER_RUNTIME: "node" });
    expect(environment).not.toHaveProperty("SECRET_OF_THE_PARENT");
  });

  test("tells its state to who holds the master key", async () => {
    expect((await get("/admin/host/ping")).status).toBe(200);
    expect((await get("/admin/host/status")).status).toBe(401);
    expect(await echo("/admin/host/status", { headers: { "x-functions-key": app.keys.master } })).toMatchObject({
      state: "Running",
    });
  });
});

describe("the life of an app's process", () => {
  const start = (options: Partial<FunctionAppOptions> = {}) =>
    startFunctionApp({ name: "http-app", directory: httpApp, ...options });

  test("a drain lets what is running finish, runs the terminate hook and ends the process", async () => {
    const folder = await mkdtemp(join(tmpdir(), "functions-host-"));
    const file = join(folder, "terminated");
    await using app = await start({ settings: { TERMINATED_FILE: file } });
    const answer = fetch(`${app.endpoint}/api/slow?ms=300`);
    await vi.waitUntil(async () => (await fetch(`${app.endpoint}/admin/host/ping`)).ok, { timeout: 10_000 });
    await app.drain();
    expect(await (await answer).text()).toBe("at last");
    expect(await app.exited).toMatchObject({ expected: true, code: 0 });
    expect(await readFile(file, "utf8")).toBe("terminated");
    await rm(folder, { recursive: true });
  });

  test("an invocation beyond functionTimeout fails and the process is given up", async () => {
    const logs: LogRecord[] = [];
    await using app = await start({ onLog: (record) => logs.push(record) });
    const response = await fetch(`${app.endpoint}/api/slow?ms=60000`);
    expect(response.status).toBe(500);
    expect(await app.exited).toMatchObject({
      expected: false,
      code: 1,
      reason: expect.stringContaining("Timeout value of 2000 ms was exceeded"),
    });
    expect(logs.some((log) => log.error?.type === "FunctionTimeoutError")).toBe(true);
  });

  test("a crash is told as an exit that nobody asked for", async () => {
    await using app = await start();
    await expect(fetch(`${app.endpoint}/api/crash`)).rejects.toThrow();
    expect(await app.exited).toMatchObject({ expected: false, code: 3 });
    expect(app.state).toBe("exited");
  });

  test.each([
    { kind: "thrown by a timer", fail: `setTimeout(() => { throw new TypeError("nobody catches this"); })` },
    { kind: "a rejection", fail: `void Promise.reject(new TypeError("nobody catches this"))` },
  ])(
    "an error that nobody catches, $kind, is told, and the process given up once all else has ended",
    async (given) => {
      const answer = (name: string, work: string) =>
        `app.http("${name}", { methods: ["GET"], authLevel: "anonymous", handler: async (_, context) => { context.log("${name} has begun"); ${work}; return { body: "done" }; } });`;
      await using files = await temporaryApp(`
      import { app } from "@azure/functions";
      import { setTimeout as delay } from "node:timers/promises";
      ${answer("slow", "await delay(500)")}
      ${answer("fail", given.fail)}`);
      const logs: LogRecord[] = [];
      await using app = await startFunctionApp({
        name: "failing",
        directory: files.directory,
        onLog: (record) => logs.push(record),
      });
      const slow = fetch(`${app.endpoint}/api/slow`);
      const failing = fetch(`${app.endpoint}/api/fail`);
      expect(await app.unhealthy).toBe("nobody caught TypeError: nobody catches this");
      expect(await (await failing).text()).toBe("done");
      expect(await (await slow).text()).toBe("done");
      expect(await app.exited).toMatchObject({
        expected: false,
        code: 1,
        reason: "nobody caught TypeError: nobody catches this",
      });
      expect(logs.find(({ level }) => level === "critical")).toMatchObject({
        message: "Uncaught exception, the process is replaced: nobody catches this",
        error: { type: "TypeError", stack: expect.stringContaining("main.js") },
      });
    },
  );

  test("an error that nobody catches ends the process, with the reason, what it printed and what it had logged", async () => {
    const logs: LogRecord[] = [];
    await using app = await start({ onLog: (record) => logs.push(record) });
    // What it was asked for meanwhile fails; whoever waits for it need not wait for the end of the process.
    const answer = await fetch(`${app.endpoint}/api/neverCaught`).catch(() => undefined);
    expect(answer?.ok ?? false).toBe(false);
    const reason = "nobody caught RangeError: out of anything";
    expect(await app.unhealthy).toBe(reason);
    expect(await app.exited).toEqual({ expected: false, code: 1, signal: null, reason });
    expect(app.output()[0]).toBe("printed before the end");
    expect(app.output()).toContain("RangeError: out of anything");
    expect(logs.map(({ message }) => message)).toEqual(expect.arrayContaining(["about to fail", ...app.output()]));
  });

  test("an app with HTTP streaming reads and writes bodies as streams", async () => {
    await using app = await startFunctionApp({ name: "stream-app", directory: streamApp });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const answer = fetch(`${app.endpoint}/shout/world`, {
      method: "POST",
      body: readable,
      duplex: "half",
    } as RequestInit);
    await writer.write(Buffer.from("first "));
    const response = await answer;
    expect(response.headers.get("x-who")).toBe("world");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    // The first part of the answer is here before the request has ended.
    expect(await reader?.read()).toMatchObject({ value: "FIRST " });
    await writer.write(Buffer.from("second"));
    await writer.close();
    expect(await reader?.read()).toMatchObject({ value: "SECOND" });
  });
});
