/**
 * Requests that nobody means well: a valid one, changed as text, as JSON, as HTTP and as bytes, by chance from a seed.
 * Usage: node services/inference/src/testing/fuzz.ts [requests] [seed]
 */
import { connect } from "node:net";
import fc from "fast-check";
import { manyRows, oneRow } from "./packages.ts";
import { servePackage } from "./serve-package.ts";

const valid = JSON.stringify(oneRow);
const header = JSON.stringify({
  inputs: [{ name: "features", datatype: "FP32", shape: [1, 4], parameters: { binary_data_size: 16 } }],
});
const binary = Buffer.concat([Buffer.from(header), new Uint8Array(16)]);

const odd = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 1e39, 2 ** 53, "", "__proto__", "constructor", [], {}, [[]], "NaN", "\ud800"),
  fc.constantFrom([3_000_000, 784], [1e12, 784], [-1, 4], [0, 4], [1.5, 4], [4], [[1], [4]], "FP64", "BYTES", "BF16"),
  fc.jsonValue({ maxDepth: 4 }),
);

/** A value somewhere within another put in place of what is there. */
function replaced(value: unknown, path: readonly number[], by: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof value !== "object" || value === null) return by;
  const keys = Object.keys(value);
  const key = keys[first % Math.max(1, keys.length)];
  if (key === undefined) return by;
  const within = replaced((value as Record<string, unknown>)[key], rest, by);
  return Array.isArray(value) ? value.with(Number(key), within) : { ...value, [key]: within };
}

const asJson = fc
  .tuple(fc.constantFrom<unknown>(oneRow, manyRows(5)), fc.array(fc.nat(5), { maxLength: 5 }), odd)
  .map(([request, path, by]) => Buffer.from(JSON.stringify(replaced(request, path, by)) ?? ""));

const cut = (body: Buffer) =>
  fc
    .tuple(fc.nat(body.length), fc.nat(body.length), fc.uint8Array({ maxLength: 8 }))
    .map(([from, length, put]) => Buffer.concat([body.subarray(0, from), put, body.subarray(from + length)]));

const nested = fc.nat(30_000).map((depth) => Buffer.from(`{"inputs":${"[".repeat(depth)}`));
const texts = fc.oneof(
  { weight: 6, arbitrary: asJson },
  cut(Buffer.from(valid)),
  nested,
  fc.constantFrom(Buffer.from(valid), Buffer.from(JSON.stringify(manyRows(40)))),
);
const withBytes = fc.oneof(cut(binary), fc.constant(binary));

const json = { "Content-Type": "application/json" };
const withTensors = {
  "Content-Type": "application/octet-stream",
  "Inference-Header-Content-Length": String(header.length),
};

const anyHeaders = fc.record(
  {
    "Content-Type": fc.constantFrom("application/json", "application/octet-stream", "text/csv", "", "a/b;;=", "json"),
    "Content-Encoding": fc.constantFrom("gzip", "zstd", "deflate", "identity", "br", "gzip, gzip"),
    "Inference-Header-Content-Length": fc.constantFrom(
      String(header.length),
      "0",
      "-1",
      "1e3",
      "99999999999999999999",
      "x",
    ),
    "Accept-Encoding": fc.constantFrom("gzip", "zstd;q=0", ",,,"),
    "Transfer-Encoding": fc.constantFrom("chunked", "gzip"),
    Expect: fc.constantFrom("100-continue", "200-ok"),
  },
  { requiredKeys: [] },
);
/** Mostly what belongs together. */
const messages = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant<object>(json), texts) },
  { weight: 3, arbitrary: fc.tuple(fc.constant<object>(withTensors), withBytes) },
  { weight: 2, arbitrary: fc.tuple(anyHeaders, fc.oneof(texts, withBytes)) },
);

const paths = fc.oneof(
  { weight: 6, arbitrary: fc.constant("/v2/models/digits/infer") },
  fc.constantFrom("/", "//", "/v2/models/%zz/infer", "/v2/models/../infer", "*", "/v2?a=%", "/metrics", "http://[/"),
  fc.string({ maxLength: 40 }).map((path) => `/${path.replace(/[\s\0]/g, "")}`),
);

const mostlyNot = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 10, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** One connection's bytes: mostly a request, sometimes none at all, sometimes one that its client leaves in the middle. */
const requests = fc
  .record({
    method: fc.oneof({ weight: 6, arbitrary: fc.constant("POST") }, fc.constantFrom("GET", "HEAD", "PUT", "BREW")),
    path: paths,
    message: messages,
    length: mostlyNot(fc.constantFrom("-1", "x", "99999999999", "5")),
    end: mostlyNot(fc.nat(400)),
  })
  .map(({ method, path, message: [fields, body], length, end }) => {
    const lines = Object.entries({
      Host: "x",
      Connection: "close",
      "Content-Length": length ?? body.length,
      ...fields,
    });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n`), body]).subarray(0, end);
  });

/** The status of what came back; undefined where nothing did. A 100 only asks for the rest. */
function send(port: number, bytes: Buffer): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
    let received = "";
    socket.on("data", (chunk) => {
      received += String(chunk);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      const status = /^HTTP\/1\.1 ([2-5]\d\d)/m.exec(received)?.[1];
      resolve(status === undefined ? undefined : Number(status));
    });
  });
}

/** What came of some requests. */
export interface Fuzzed {
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests that were answered with 500: there is no word for what is wrong with them. */
  readonly unexpected: readonly string[];
  /** What no handler caught. */
  readonly uncaught: readonly unknown[];
  /** Whether the server still predicts as it did. */
  readonly stillServes: boolean;
}

/** Sends requests made by chance to a server in this process. */
export async function fuzz(count: number, seed: number): Promise<Fuzzed> {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  process.on("uncaughtException", note).on("unhandledRejection", note);
  await using served = await servePackage({ limits: { inlineBytes: 20_000 } });
  const statuses: Record<string, number> = {};
  const unexpected: string[] = [];
  for (const bytes of fc.sample(requests, { numRuns: count, seed })) {
    const status = await send(served.port, bytes);
    statuses[String(status)] = (statuses[String(status)] ?? 0) + 1;
    if (status === 500) unexpected.push(bytes.toString("latin1").slice(0, 2_000));
  }
  const { status, body } = await served.infer(oneRow);
  process.off("uncaughtException", note).off("unhandledRejection", note);
  const [output] = (body as { readonly outputs?: readonly { readonly data: unknown }[] }).outputs ?? [];
  return { statuses, unexpected, uncaught, stillServes: status === 200 && String(output?.data) === "1,1,1" };
}

if (import.meta.main) {
  const [count = "100000", seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
  console.log(`seed ${seed}`);
  const fuzzed = await fuzz(Number(count), Number(seed));
  console.log(fuzzed);
  process.exitCode = fuzzed.stillServes && fuzzed.uncaught.length + fuzzed.unexpected.length === 0 ? 0 : 1;
}
