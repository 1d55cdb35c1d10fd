import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { answerRequests } from "@local-azure/http";
import { type ParsedUrl, parseUrl } from "./request.ts";

export interface TlsMaterial {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

/** Answers a request, or says that it is not its own. */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  url: ParsedUrl,
) => Promise<void> | undefined;

interface HttpServerOptions {
  readonly port: number;
  readonly tls?: TlsMaterial;
  /** Asked in this order; if none takes the request, it is 404. */
  readonly handlers: readonly RequestHandler[];
  readonly onError: (error: unknown, request: IncomingMessage) => void;
}

interface HttpServer {
  readonly port: number;
  /** Takes no new connection, answers what has arrived, and resolves when all connections are gone. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 only. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  let closing = false;
  const answer = answerRequests(
    (request, response) => {
      if (closing) response.setHeader("connection", "close");
      const url = parseUrl(request);
      for (const handler of options.handlers) {
        const answering = handler(request, response, url);
        if (answering) return answering;
      }
      response.writeHead(404).end();
    },
    { onFailure: options.onError },
  );
  const server = options.tls ? createSecureServer(options.tls, answer) : createServer(answer);
  // A front end pools its connections to this server and decides when they end: were this side to
  // close an idle one first, it could cross with a request on its way.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await listen(server, options.port);
  const close = (): Promise<void> => {
    closing = true;
    return closeServer(server);
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** Connections whose last answer was under way when the server closed, and that the client keeps open. */
const sweepMs = 25;

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
