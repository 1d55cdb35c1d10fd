import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

/** A server, and what of it to try besides. */
interface Target {
  readonly port: number;
  /** Whether it speaks TLS. */
  readonly tls: boolean;
  /** Paths of its own that it takes apart, such as `/api/deployments/%`. */
  readonly paths?: readonly string[];
  /** Headers that let a request in. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers of its own that it takes apart, each tried with texts that are no such thing. */
  readonly readHeaders?: readonly string[];
}

/** What came of malformed requests. */
export interface Aftermath {
  /** How many requests were made. */
  readonly tried: number;
  /** Requests that were neither answered nor hung up on in time. */
  readonly unanswered: readonly string[];
  /** Requests that the server took for a failure of its own: 500. */
  readonly failed: readonly string[];
  /** What was thrown in this process and caught by nobody: it would have ended it. */
  readonly uncaught: readonly unknown[];
}

const longestAnswerMs = 10_000;
const atOnce = 20;

const oddPaths = [
  "//",
  "///",
  "//localhost:99999/",
  "/%",
  "/%zz",
  "/%c3%28",
  "/%00",
  "/..%2f",
  "/..%2f..%2fvictim",
  "/a/../../..",
  "/\\",
  "/?%",
  "/?a=%zz&a=%00",
  `/${"a".repeat(6000)}`,
  "*",
  "http://",
  "http://[",
  "http://a:b:c/",
  "ftp://elsewhere/x",
];
const oddTexts = [
  "",
  "%",
  "é".repeat(18),
  "%zz",
  "a b",
  "[",
  "=",
  `"`,
  "0".repeat(4000),
  "\u00ff",
  "Bearer",
  "Bearer é",
];
const bodies: readonly (readonly [type: string, text: string])[] = [
  ["application/json", ""],
  ["application/json", "{"],
  ["application/json", "null"],
  ["application/json", "[null]"],
  ["application/json", '{"a":'],
  ["application/json", "\u0000"],
  ["application/xml", "<"],
  ["application/xml", "<a><b></a>"],
  ["application/xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
  ["application/zip", "PK"],
  ["", "%"],
];

/**
 * Makes requests that no client should, over bare sockets, and says what came of them. That the server still answers
 * what is good is for the test to see.
 */
export async function sendMalformedRequests(target: Target): Promise<Aftermath> {
  const uncaught: unknown[] = [];
  const onUncaught = (error: unknown): void => void uncaught.push(error);
  process.on("uncaughtException", onUncaught);
  const requests = requestsFor(target);
  const say = sayTo(target);
  const unanswered: string[] = [];
  const failed: string[] = [];
  try {
    const waiting = [...requests];
    const workers = Array.from({ length: atOnce }, async () => {
      for (let request = waiting.shift(); request; request = waiting.shift()) {
        const answer = await say(request);
        const line = request.bytes.toString("latin1").slice(0, 120);
        if (answer === undefined) unanswered.push(line);
        else if (/^HTTP\/1\.1 500/.test(answer)) failed.push(line);
      }
    });
    await Promise.all(workers);
  } finally {
    process.off("uncaughtException", onUncaught);
  }
  return { tried: requests.length, unanswered, failed, uncaught };
}

interface OddRequest {
  readonly bytes: Buffer;
  /** Whether the client goes as soon as it has spoken. */
  readonly goes?: boolean;
}

function requestsFor({ paths = [], headers = {}, readHeaders = [] }: Target): readonly OddRequest[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const whole = (method: string, path: string, more = "", body = ""): OddRequest => {
    const length = body === "" ? "" : `content-length: ${Buffer.byteLength(body, "latin1")}\r\n`;
    const head = `${method} ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${lines.join("")}${length}${more}\r\n`;
    return { bytes: Buffer.from(head + body, "latin1") };
  };
  const own = paths[0] ?? "/";
  return [
    ...[...oddPaths, ...paths].flatMap((path) => ["GET", "PUT"].map((method) => whole(method, path))),
    ...["/", ...paths].flatMap((path) =>
      bodies.map(([type, body]) => whole("POST", path, `content-type: ${type}\r\n`, body)),
    ),
    ...["host", "authorization", "content-type", "expect", "upgrade", "if-match", ...readHeaders].flatMap((name) =>
      oddTexts.map((text) => withHeader(own, name, text, headers)),
    ),
    ...["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "PROPFIND"].map((method) => whole(method, own)),
    ...brokenOff(own, lines.join("")),
    ...noRequests,
  ];
}

function withHeader(path: string, name: string, text: string, headers: Readonly<Record<string, string>>): OddRequest {
  const all = { host: "localhost", connection: "close", ...headers, [name]: text };
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${value}\r\n`);
  return { bytes: Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1") };
}

/** Requests whose bodies are not what their heads say, or that end in the middle. */
function brokenOff(path: string, lines: string): readonly OddRequest[] {
  const start = `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${lines}`;
  const oddLengths = ["-1", "x", "1e3", "99999999999999999999"];
  const heads: readonly string[] = [
    ...oddLengths.map((length) => `${start}content-length: ${length}\r\n\r\nabc`),
    `${start}content-length: 3\r\n\r\nabcdefghij`,
    `${start}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc`,
    `${start}transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
    `${start}content-length: 3\r\ncontent-length: 4\r\n\r\nabc`,
    `${start}x-long: ${"x".repeat(20_000)}\r\n\r\n`,
    `${start}no colon here\r\n\r\n`,
  ];
  const leftInTheMiddle = [
    `${start}content-length: 1000\r\n\r\nabc`,
    `${start}transfer-encoding: chunked\r\n\r\n5\r\nab`,
    start,
    "POST /",
  ];
  return [
    ...heads.map((text) => ({ bytes: Buffer.from(text, "latin1") })),
    ...leftInTheMiddle.map((text) => ({ bytes: Buffer.from(text, "latin1"), goes: true })),
  ];
}

const noRequests: readonly OddRequest[] = [
  { bytes: Buffer.alloc(0), goes: true },
  { bytes: Buffer.from([0, 1, 2, 3, 255, 254]), goes: true },
  { bytes: Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]), goes: true },
  { bytes: Buffer.from("GET /\r\n\r\n"), goes: true },
  { bytes: Buffer.from("CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n") },
  {
    bytes: Buffer.from(
      "GET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: x\r\n\r\n",
    ),
    goes: true,
  },
];

type Say = (request: OddRequest) => Promise<string | undefined>;

/**
 * Each request has a connection of its own. It gives what the server said before it hung up, however little; undefined
 * where it did neither in time.
 */
function sayTo({ port, tls }: Target): Say {
  const options = { port, host: "127.0.0.1" };
  let session: Buffer | undefined; // one handshake in full is enough
  const connectAgain = () => {
    if (!tls) return connect(options);
    const socket = connectTls({ ...options, rejectUnauthorized: false, ...(session && { session }) });
    return socket.once("session", (given) => {
      session = given;
    });
  };
  return ({ bytes, goes }) =>
    new Promise((resolve) => {
      const socket = connectAgain();
      let heard = "";
      const timer = setTimeout(() => {
        resolve(heard === "" ? undefined : heard);
        socket.destroy();
      }, longestAnswerMs);
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        heard += chunk.toString("latin1");
        if (heard.includes("\r\n\r\n") && !goes) socket.end();
      });
      socket.on("close", () => {
        clearTimeout(timer);
        resolve(heard);
      });
      socket.once(tls ? "secureConnect" : "connect", () => {
        socket.write(bytes);
        if (goes) socket.end(() => socket.destroySoon());
      });
    });
}
