import { once } from "node:events";
import { connect } from "node:net";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { manyRows, oneRow } from "./testing/packages.ts";
import { type ServedPackage, servePackage } from "./testing/serve-package.ts";

/** Sends bytes as they are, and reads until the server closes or has answered. */
async function raw(port: number, text: string | Uint8Array): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(text);
  let received = "";
  for await (const chunk of socket) {
    received += String(chunk);
    if (/\r\n\r\n.*\}$/s.test(received)) break;
  }
  socket.destroy();
  return received;
}

const text = JSON.stringify(oneRow);

describe("a path", () => {
  test("has the methods that it says, and tells which where another is asked for", async () => {
    await using served = await servePackage();
    const get = await served.ask("v2/models/digits/infer");
    expect(get).toMatchObject({ status: 405, body: { error: expect.stringContaining("it has POST") } });
    expect(get.headers.get("allow")).toBe("POST, OPTIONS");
    const post = await served.ask("v2/health/live", { method: "POST", body: "{}" });
    expect(post).toMatchObject({ status: 405, body: { error: expect.stringContaining("it has GET, HEAD") } });
    const options = await served.ask("v2/models/digits/infer", { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "POST, OPTIONS"]);
  });

  test("that can be got can be asked for its head alone", async () => {
    await using served = await servePackage();
    const head = await served.ask("v2/models/digits", { method: "HEAD" });
    expect([head.status, head.headers.get("content-type"), head.body]).toEqual([200, "application/json", ""]);
  });

  test("that is none is a 404 in the words of the protocol", async () => {
    await using served = await servePackage();
    for (const path of ["v3", "v2/nothing", "v2/models/digits/nothing", "v2/models//infer"])
      expect(await served.ask(path)).toMatchObject({ status: 404, body: { error: expect.any(String) } });
  });
});

describe("a body", () => {
  const compressed = (encoding: string, body: Uint8Array) => (served: ServedPackage) =>
    served.infer(body, { "Content-Encoding": encoding });

  test.each([
    ["gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["zstd", zstdCompressSync(text)],
    ["identity", Buffer.from(text)],
  ])("may be compressed by %s", async (encoding, body) => {
    await using served = await servePackage();
    expect(await compressed(encoding, body)(served)).toMatchObject({ status: 200, body: { id: "r" } });
  });

  test.each<[string, (served: ServedPackage) => ReturnType<ServedPackage["infer"]>, number, RegExp]>([
    ["of another type", (served) => served.infer(text, { "Content-Type": "text/csv" }), 415, /application\/json/],
    ["compressed by what is not known", compressed("br", Buffer.from(text)), 415, /takes gzip, deflate, zstd/],
    ["that is not what it says", compressed("gzip", Buffer.from(text)), 400, /the body is not gzip/],
    ["that ends too early", compressed("gzip", gzipSync(text).subarray(0, 40)), 400, /the body is not gzip/],
    [
      "with something behind its end",
      compressed("zstd", Buffer.concat([zstdCompressSync(text), Buffer.from("more")])),
      400,
      /the body is not zstd/,
    ],
    ["that is too large", (served) => served.infer(" ".repeat(70_000)), 413, /more than 65536 bytes/],
    ["too large when inflated", compressed("gzip", gzipSync(" ".repeat(1_000_000))), 413, /65536 bytes when inflated/],
    ["of too many rows", (served) => served.infer(manyRows(1_001)), 413, /1001 rows are more than 1000/],
    ["nested a thousand times over", (served) => served.infer("[".repeat(60_000)), 400, /not JSON/],
  ])("%s is refused as HTTP has it", async (_, send, status, reason) => {
    await using served = await servePackage({ limits: { bodyBytes: 65_536, rows: 1_000 } });
    expect(await send(served)).toMatchObject({ status, body: { error: expect.stringMatching(reason) } });
    expect(await served.infer(oneRow)).toMatchObject({ status: 200 });
  });

  test("that does not say how long it is is read no further than is taken", async () => {
    await using served = await servePackage({ limits: { bodyBytes: 1_000 } });
    const chunk = `800\r\n${" ".repeat(0x800)}\r\n`;
    const head = "POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    const answer = await raw(served.port, `${head}${chunk.repeat(100)}`);
    expect(answer).toMatch(/^HTTP\/1.1 413 .*Connection: close.*more than 1000 bytes/is);
  });

  test("is answered compressed where its client takes that and it is worth it", async () => {
    await using served = await servePackage();
    await served.settled;
    const asked = (accept: string) => served.infer(manyRows(2_000), { "Accept-Encoding": accept });
    const plain = await asked("identity");
    for (const [accept, encoding] of [
      ["gzip", "gzip"],
      ["gzip, zstd", "zstd"],
      ["gzip;q=0", null],
      ["br", null],
    ] as const) {
      const { headers, body } = await asked(accept);
      expect([headers.get("content-encoding"), body]).toEqual([encoding, plain.body]);
    }
    const small = await served.infer(oneRow, { "Accept-Encoding": "gzip" });
    expect(small.headers.get("content-encoding")).toBeNull();
  });
});

test("what all requests together have is bounded: one too many is asked to come again", async () => {
  await using served = await servePackage({ limits: { bytesInFlight: 1_950 } });
  await served.settled;
  const head = "POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 1900\r\n\r\n";
  const slow = connect(served.port, "127.0.0.1");
  slow.write(head);
  await expect.poll(async () => (await served.infer(oneRow)).status, { timeout: 5_000 }).toBe(429);
  const refused = await served.infer(oneRow);
  expect(refused).toMatchObject({ status: 429, body: { error: expect.stringMatching(/together they may have 1950/) } });
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await served.ask("v2/health/ready")).toMatchObject({ status: 200 });
  // Who leaves in the middle of a request leaves its share to others.
  slow.destroy();
  await expect.poll(async () => (await served.infer(oneRow)).status, { timeout: 5_000 }).toBe(200);
});

test("metrics are told in Prometheus' text, with the release that answers", async () => {
  await using served = await servePackage();
  await served.infer(oneRow);
  await served.infer("{");
  const { headers, body } = await served.ask("metrics");
  expect(headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(body).toContain('ratchet_inference_requests_total{status="200"} 1');
  expect(body).toContain('ratchet_inference_requests_total{status="400"} 1');
  expect(body).toContain("ratchet_inference_batch_rows_count 1");
  expect(body).toMatch(/ratchet_inference_release\{model="digits",version="7",release="a+-[0-9a-f]+"\} 1/);
  expect(body).toMatch(/process_resident_memory_bytes \d/);
});
