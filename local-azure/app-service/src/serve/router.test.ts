import { createServer, get, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FunctionApp } from "@local-azure/functions-host";
import { afterEach, expect, test, vi } from "vitest";
import { createGate } from "./gate.ts";
import { createRouter } from "./router.ts";
import { createWorker } from "./worker.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function listen(handle: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A router before a server that answers as an app would. */
async function routed(handle: Parameters<typeof createServer>[1]) {
  const app = { port: await listen(handle), exited: new Promise(() => {}), unhealthy: new Promise(() => {}) };
  const worker = createWorker(app as unknown as FunctionApp, "/");
  const gate = createGate();
  const port = await listen(createRouter(gate, () => ({ kind: "admitted" })));
  return { gate, worker, port, open: () => gate.set({ kind: "open", worker }) };
}

const textOf = async (message: IncomingMessage) => (await message.toArray()).join("");

test("the app learns the caller's host, scheme and address, and nothing of the connection", async () => {
  const { port, open } = await routed((incoming, outgoing) => outgoing.end(JSON.stringify(incoming.headers)));
  open();
  const headers = { host: "localhost:7071", "x-forwarded-for": "10.0.0.1:5", te: "trailers", "x-own": "kept" };
  const response = await new Promise<IncomingMessage>((resolve) => get({ port, path: "/a?b=c", headers }, resolve));
  expect(JSON.parse(await textOf(response))).toEqual({
    host: "localhost:7071",
    connection: "keep-alive",
    "x-own": "kept",
    "x-forwarded-for": expect.stringMatching(/^10\.0\.0\.1:5, 127\.0\.0\.1:\d+$/),
    "x-forwarded-proto": "https",
    "x-original-url": "/a?b=c",
  });
});

test("an answer that is none is told as the app's failure, and the next request is passed on as before", async () => {
  const { port, open } = await routed((incoming, outgoing) => {
    if (incoming.url === "/odd") outgoing.socket?.end("HTTP/1.1 099 Odd\r\ncontent-length: 0\r\n\r\n");
    else outgoing.end("well");
  });
  open();
  const ask = (path: string) => new Promise<IncomingMessage>((resolve) => get({ port, path }, resolve));
  expect((await ask("/odd")).statusCode).toBe(502);
  expect(await textOf(await ask("/even"))).toBe("well");
});

test("an answer streams through while the request is still being sent", async () => {
  const { port, open } = await routed((incoming, outgoing) => incoming.pipe(outgoing));
  open();
  const sending = request({ port, method: "POST" });
  const answered = new Promise<IncomingMessage>((resolve) => sending.on("response", resolve));
  sending.write("first");
  const response = await answered;
  const chunks = response[Symbol.asyncIterator]();
  expect(String((await chunks.next()).value)).toBe("first");
  sending.end("second");
  expect(String((await chunks.next()).value)).toBe("second");
  expect(await chunks.next()).toMatchObject({ done: true });
});

test("a client that leaves takes its request with it", async () => {
  let closed = false;
  const { port, open, worker } = await routed((_, outgoing) => {
    outgoing.write("the beginning");
    outgoing.on("close", () => {
      closed = true;
    });
  });
  open();
  const leaving = get({ port }).on("error", () => undefined);
  await new Promise((resolve) => leaving.on("response", resolve));
  expect(worker.inFlight()).toBe(1);
  leaving.destroy();
  await vi.waitUntil(() => closed && worker.inFlight() === 0, { timeout: 10_000 });
});

test("a client that leaves while its request is held is not counted as under way", async () => {
  const served: (string | undefined)[] = [];
  const { port, open, gate, worker } = await routed((incoming, outgoing) => {
    served.push(incoming.url);
    outgoing.end();
  });
  gate.set({ kind: "starting", holds: true });
  let held = 0;
  servers.at(-1)?.on("request", () => {
    held += 1;
  });
  const connections = () => new Promise((resolve) => servers.at(-1)?.getConnections((_, count) => resolve(count)));
  const leaving = get({ port, path: "/leaving" }).on("error", () => undefined);
  const staying = new Promise<IncomingMessage>((resolve) => get({ port, path: "/staying" }, resolve));
  await vi.waitUntil(() => held === 2, { timeout: 10_000 });
  leaving.destroy();
  await vi.waitUntil(async () => (await connections()) === 1, { timeout: 10_000 });
  open();
  await textOf(await staying);
  await vi.waitUntil(() => worker.inFlight() === 0, { timeout: 10_000 });
  expect(served).toEqual(["/staying"]);
});
