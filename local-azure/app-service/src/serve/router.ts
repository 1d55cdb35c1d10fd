import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type ServerResponse,
  request as sendRequest,
} from "node:http";
import { answerRequests } from "@local-azure/http";
import { type Admission, callerHeaders, headersOf } from "../site/sign-in.ts";
import { type Gate, Refusal } from "./gate.ts";
import type { Worker } from "./worker.ts";

/** Headers that speak of one connection only and are not passed on (RFC 9110, 7.6.1). */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
  "expect",
];

/** Passes each request that is let in to the process that the slot's gate names at that moment; streams both ways. */
export function createRouter(gate: Gate, admission: (request: IncomingMessage) => Admission): RequestListener {
  return answerRequests(
    (request, response) => {
      const admitted = admission(request);
      if (admitted.kind === "refused") throw new Refusal(admitted.status, admitted.why);
      // Nobody but the front end tells an app who asks.
      for (const name of callerHeaders) delete request.headers[name];
      Object.assign(request.headers, headersOf(admitted.caller));
      const passed = gate.pass();
      if (passed instanceof Promise) return passed.then((worker) => forward(worker, request, response));
      forward(passed, request, response);
    },
    { refuse },
  );
}

function forward(worker: Worker, request: IncomingMessage, response: ServerResponse): void {
  // A client may have left while its request was held.
  if (response.destroyed) return;
  const end = worker.begin();
  const outgoing = sendRequest({
    agent: worker.agent,
    host: "127.0.0.1",
    port: worker.app.port,
    method: request.method,
    path: request.url,
    headers: requestHeaders(request),
  });
  response.once("close", () => {
    end();
    // The client has gone, or has its whole answer: in both cases this is the end of the call.
    if (!response.writableFinished) outgoing.destroy();
  });
  outgoing.on("response", (incoming) => {
    incoming.on("error", () => response.destroy());
    try {
      response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, responseHeaders(incoming.headers));
    } catch {
      incoming.resume();
      refuse(new Refusal(502, "The app's answer is none that can be passed on."), request, response);
      return;
    }
    incoming.pipe(response);
  });
  outgoing.on("error", () => {
    if (response.headersSent) response.destroy();
    else if (!response.destroyed)
      refuse(new Refusal(503, "The app's process ended before it answered.", 1), request, response);
  });
  if (hasBody(request.headers)) request.pipe(outgoing);
  else outgoing.end();
}

function refuse(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  const refusal = error instanceof Refusal ? error : new Refusal(500, String(error));
  // A body that nobody reads must not keep the connection from its next request.
  request.resume();
  response.writeHead(refusal.status, {
    "content-type": "text/plain; charset=utf-8",
    ...(refusal.status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(refusal.retryAfter === undefined ? {} : { "retry-after": String(refusal.retryAfter) }),
  });
  response.end(refusal.message);
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return (
    headers["transfer-encoding"] !== undefined ||
    (headers["content-length"] !== undefined && headers["content-length"] !== "0")
  );
}

/** As Azure's front end passes a request on: the caller's host, scheme and address beside its own headers. */
function requestHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...request.headers };
  for (const name of hopByHop) delete headers[name];
  const { remoteAddress, remotePort } = request.socket;
  const client = `${remoteAddress}:${remotePort}`;
  const earlier = request.headers["x-forwarded-for"];
  headers["x-forwarded-for"] = earlier === undefined ? client : `${String(earlier)}, ${client}`;
  headers["x-forwarded-proto"] = "https";
  headers["x-original-url"] = request.url;
  return headers;
}

function responseHeaders(incoming: IncomingHttpHeaders): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...incoming };
  for (const name of hopByHop) delete headers[name];
  return headers;
}
