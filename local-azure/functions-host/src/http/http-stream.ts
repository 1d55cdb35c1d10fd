import { randomUUID } from "node:crypto";
import { Agent, type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import { pipeline } from "node:stream/promises";
import type { TypedData } from "../worker/core-types.ts";
import type { Invoker } from "../worker/invoke.ts";
import { type HttpFunction, httpReason, traceOf } from "./http-trigger.ts";
import { joinedQuery, parseUrl, requestUrl } from "./request.ts";

const invocationIdHeader = "x-ms-invocation-id";

/**
 * The way of requests for an app with `app.setup({ enableHttpStream: true })`: the library runs a
 * server of its own (its address is the capability `HttpUri`); the host forwards the request there,
 * marked with the invocation's id, and invokes the function beside it. Both streams stay streams.
 */
export function createHttpStream(httpUri: string, invoker: Invoker, secure: boolean) {
  const port = Number(new URL(httpUri).port);
  const agent = new Agent({ keepAlive: true });

  const forward = async (request: IncomingMessage, response: ServerResponse, invocationId: string): Promise<void> => {
    const outgoing = sendRequest({
      agent,
      port,
      host: "127.0.0.1",
      method: request.method,
      path: request.url,
      headers: {
        ...request.headers,
        [invocationIdHeader]: invocationId,
        "x-forwarded-host": request.headers.host ?? "localhost",
        "x-forwarded-proto": request.headers["x-forwarded-proto"] ?? (secure ? "https" : "http"),
      },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once("response", resolve);
      outgoing.once("error", reject);
    });
    const sent = pipeline(request, outgoing);
    // A handler may answer without reading the whole request: only the answer decides.
    sent.catch(() => undefined);
    const incoming = await answered;
    const { [invocationIdHeader]: _, ...headers } = incoming.headers;
    response.writeHead(incoming.statusCode ?? 200, headers);
    await pipeline(incoming, response);
  };

  return async (
    target: HttpFunction,
    request: IncomingMessage,
    response: ServerResponse,
    params: Readonly<Record<string, string>>,
  ): Promise<void> => {
    requestUrl(request, secure); // refused here, and not by the library, which would take it for a failure
    const invocationId = randomUUID();
    const { query } = parseUrl(request);
    const triggerMetadata: Record<string, TypedData> = {
      Headers: { json: JSON.stringify(request.headers) },
      Query: { json: JSON.stringify(joinedQuery(query)) },
      ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { string: value }])),
    };
    const forwarded = forward(request, response, invocationId);
    const invoked = invoker.invoke(target.invocable, {
      invocationId,
      triggerMetadata,
      data: { http: {} },
      trace: traceOf(request),
      reason: httpReason,
    });
    try {
      await Promise.race([invoked, forwarded]);
      await forwarded;
    } catch {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
      forwarded.catch(() => undefined);
    }
    await invoked.catch(() => undefined);
  };
}
