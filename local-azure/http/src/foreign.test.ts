import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerRequests } from "./index.ts";

const server = createServer(answerRequests((_, response) => void response.end("own")));
let port: number;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const ask = (headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve, reject) => {
    request({ port, host: "127.0.0.1", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });

test.each([
  ["localhost", 200],
  ["127.0.0.1", 200],
  ["[::1]", 200],
  ["evil.example", 421],
  ["localhost.evil.example", 421],
  ["127.0.0.1.evil.example", 421],
  ["evil.example@localhost", 421],
])("a request to %s is answered %i", async (name, status) => {
  expect(await ask({ host: name.includes("@") ? name : `${name}:${port}` })).toBe(status);
});

test.each([
  ["https://evil.example", 403],
  ["null", 403],
  ["http://localhost:1", 403],
  ["own", 200],
])("a page of %s gets %i", async (origin, status) => {
  const host = `localhost:${port}`;
  expect(await ask({ host, origin: origin === "own" ? `http://${host}` : origin })).toBe(status);
});
