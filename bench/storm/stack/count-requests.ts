/**
 * Loaded into a service's process before all else (`node --import`): counts its requests to storage and to the topic, by what
 * Node itself tells of them, and tells the counts to whoever connects to the socket.
 */
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import type { RequestCount } from "../seen/requests.ts";

type Counted = { -readonly [Field in keyof RequestCount]: RequestCount[Field] };

const service = basename(process.cwd());
const storage = new URL(process.env["STORAGE_BLOB_ENDPOINT"] ?? "http://none.invalid");
const topic = new URL(process.env["EVENT_GRID_TOPIC_ENDPOINT"] ?? "http://none.invalid");
const counts = new Map<string, Counted>();

function operationOf(request: ClientRequest, query: URLSearchParams): string {
  const part = query.get("comp");
  switch (request.method) {
    case "GET":
      return part === "list" ? "list" : "read";
    case "HEAD":
      return "look";
    case "DELETE":
      return "delete";
    default:
      if (request.hasHeader("x-ms-copy-source")) return "copy";
      return part === null ? "write" : part;
  }
}

function countOf(request: ClientRequest, status: number): Counted | undefined {
  const host = String(request.getHeader("host"));
  const target = host === storage.host ? "storage" : host === topic.host ? "topic" : undefined;
  if (!target) return undefined;
  const { pathname, searchParams } = new URL(request.path, storage);
  // /account/container/blob
  const container = target === "storage" ? (pathname.split("/")[2] ?? "") : "";
  const operation = target === "storage" ? operationOf(request, searchParams) : "publish";
  const key = `${target} ${operation} ${container} ${status}`;
  const known = counts.get(key) ?? { service, target, operation, container, status, count: 0, sent: 0, received: 0 };
  counts.set(key, known);
  return known;
}

// The head of the answer is there, nothing of its body yet.
subscribe("http.client.response.finish", (message) => {
  const { request, response } = message as { readonly request: ClientRequest; readonly response: IncomingMessage };
  const counted = countOf(request, response.statusCode ?? 0);
  if (!counted) return;
  counted.count += 1;
  counted.sent += Number(request.getHeader("content-length") ?? 0);
  // Whoever listened for the body would take it from the one it is for.
  const push = response.push;
  response.push = (chunk: Buffer | null, encoding) => {
    counted.received += chunk?.length ?? 0;
    return push.call(response, chunk, encoding);
  };
});

const folder = process.env["STORM_SOCKETS"];
if (folder !== undefined)
  createServer((socket) => socket.end(JSON.stringify([...counts.values()])))
    .listen(join(folder, `${process.pid}.sock`))
    .unref();
