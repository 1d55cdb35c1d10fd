import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { AccessControl } from "@local-azure/authorization";
import { answerPlainText, answerRequests, BadRequestError, decodePart, requestUrl } from "@local-azure/http";
import type { CloudEvent } from "./cloud-event.ts";
import type { Confirmations } from "./confirmations.ts";
import { PublishError } from "./errors.ts";
import { checkAccess } from "./ingest/access.ts";
import { parseEvents } from "./ingest/parse-events.ts";
import type { Topic } from "./topic.ts";

/** Event Grid's limit for a request. */
const mostBytes = 1024 * 1024;
const apiVersion = "2018-01-01";

interface ServerOptions {
  readonly tls: { readonly cert: string; readonly key: string };
  readonly port: number;
  readonly topic: (name: string) => Topic | undefined;
  readonly access: AccessControl | undefined;
  readonly publish: (topic: Topic, events: readonly CloudEvent[]) => void;
  readonly confirmations: Confirmations;
}

/** Listens on 127.0.0.1 for events and confirmations. */
export async function listen(
  options: ServerOptions,
): Promise<{ readonly endpoint: string; readonly port: number; close(): Promise<void> }> {
  const server = createServer(
    options.tls,
    answerRequests((request, response) => answer(request, response, options), { refuse }),
  );
  answerPlainText(server);
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `https://localhost:${port}`,
    port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  const url = requestUrl(request);
  const body = await readBody(request);
  const [first = "", second = "", ...rest] = url.pathname.slice(1).split("/").map(decodePart);
  if (first === "confirmations") {
    const known = options.confirmations.confirm(second);
    const text = known ? "The event subscription is confirmed.\n" : "Nobody waits for this confirmation.\n";
    response.writeHead(known ? 200 : 404, { "content-type": "text/plain" }).end(text);
    return;
  }
  const topic = options.topic(first);
  if (topic?.kind !== "custom" || second !== "api" || rest.join("/") !== "events") {
    throw new PublishError(404, "NotFound", `There is no custom topic at ${url.pathname}: use /<topic>/api/events.`);
  }
  if (request.method !== "POST") throw new PublishError(405, "MethodNotAllowed", "Events are published with POST.");
  checkAccess(request.headers, topic, options.access, new Date());
  if (url.searchParams.get("api-version") !== apiVersion) {
    throw new PublishError(400, "BadRequest", `The query must have api-version=${apiVersion}.`);
  }
  if (body === undefined) {
    throw new PublishError(
      413,
      "PayloadTooLarge",
      `A request may have ${mostBytes} bytes: publish in smaller batches.`,
    );
  }
  options.publish(topic, parseEvents({ headers: request.headers, body }, topic.inputSchema, topic.id));
  response.writeHead(200, { "content-length": 0 }).end();
}

/** The whole body, whatever the answer will be; undefined if it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= mostBytes) chunks.push(chunk);
  }
  return length > mostBytes ? undefined : Buffer.concat(chunks);
}

function refuse(error: unknown, _: IncomingMessage, response: ServerResponse): void {
  const { status, code } = statusOf(error);
  const message = error instanceof Error ? error.message : String(error);
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8" })
    .end(JSON.stringify({ error: { code, message } }));
}

function statusOf(error: unknown): { readonly status: number; readonly code: string } {
  if (error instanceof PublishError) return error;
  if (error instanceof BadRequestError) return { status: error.status, code: "BadRequest" };
  return { status: 500, code: "InternalServerError" };
}
