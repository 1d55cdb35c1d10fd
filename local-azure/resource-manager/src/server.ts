import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type AccessControl, MissingPermissionError } from "@local-azure/authorization";
import { answerPlainText, answerRequests, requestUrl } from "@local-azure/http";
import { ArmError, errorResponse } from "./errors.ts";
import { createOperations, type Operations } from "./operations.ts";
import { permissionFor } from "./permission.ts";
import type { ArmRequest, ArmResponse, ResourceProvider } from "./provider.ts";
import { parseResourcePath } from "./resource-path.ts";

/** Resource Manager's own limit for a request. */
const bodyLimitBytes = 4 * 1024 * 1024;

export interface ResourceManagerOptions {
  /** PEM certificate and key for `localhost`. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly providers: readonly ResourceProvider[];
  /** Who asks and whether they may; without it every bearer token may do everything. */
  readonly access?: AccessControl;
  /** Told of every answered request. */
  readonly onRequest?: (request: AnsweredRequest) => void;
}

export interface AnsweredRequest {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface ResourceManager {
  /** `https://localhost:port`, for an SDK client's `endpoint` option. */
  readonly endpoint: string;
  readonly port: number;
  /** Stops listening and ends every connection; work already started belongs to its provider. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the front of Azure Resource Manager on 127.0.0.1: authentication, api-version, errors, operations. */
export async function startResourceManager(options: ResourceManagerOptions): Promise<ResourceManager> {
  const operations = createOperations();
  const server = createServer(
    { cert: options.tls.cert, key: options.tls.key },
    answerRequests((incoming, outgoing) => serve(incoming, outgoing, options, operations), {
      refuse: (error, incoming, outgoing) => send(incoming, outgoing, errorResponse(error)),
    }),
  );
  answerPlainText(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    operations.close();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return { endpoint: `https://localhost:${port}`, port, close, [Symbol.asyncDispose]: close };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: ResourceManagerOptions,
  operations: Operations,
): Promise<void> {
  const started = performance.now();
  const response = await answer(incoming, options, operations).catch(errorResponse);
  send(incoming, outgoing, response);
  options.onRequest?.({
    method: incoming.method ?? "GET",
    url: incoming.url ?? "/",
    status: response.status,
    durationMs: performance.now() - started,
  });
}

async function answer(
  incoming: IncomingMessage,
  options: ResourceManagerOptions,
  operations: Operations,
): Promise<ArmResponse> {
  const endpoint = `https://${incoming.headers.host ?? "localhost"}`;
  // The body is read first, whatever the answer: an unread body would break the connection for the next request.
  const text = await readBody(incoming);
  const principalId = authenticate(incoming, options);
  const url = requestUrl(incoming);
  if (!url.searchParams.get("api-version")) {
    throw new ArmError(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  }
  const path = parseResourcePath(url.pathname);
  const provider = options.providers.find(({ namespace }) => namespace.toLowerCase() === path.namespace.toLowerCase());
  if (!provider) {
    throw new ArmError(404, "InvalidResourceNamespace", `The resource namespace '${path.namespace}' is invalid.`);
  }
  const request: ArmRequest = {
    ...path,
    method: incoming.method ?? "GET",
    query: url.searchParams,
    headers: incoming.headers,
    body: parseBody(text),
    endpoint,
    startOperation: (work, accepted) => operations.start(request, work, accepted),
  };
  authorize(principalId, request, options);
  return (await operations.poll(request)) ?? (await provider.handle(request));
}

/** Whoever lacks the permission learns that, and not whether there is such a resource. */
function authorize(principalId: string | undefined, request: ArmRequest, { access }: ResourceManagerOptions): void {
  if (principalId === undefined) return;
  try {
    access?.require?.(principalId, permissionFor(request));
  } catch (error) {
    if (error instanceof MissingPermissionError) throw new ArmError(403, "AuthorizationFailed", error.message);
    throw error;
  }
}

/** Who sends the request; undefined where nobody looks. */
function authenticate(incoming: IncomingMessage, { access }: ResourceManagerOptions): string | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(incoming.headers.authorization ?? "")?.[1];
  if (!token) {
    throw new ArmError(
      401,
      "AuthenticationFailed",
      "Authentication failed. The 'Authorization' header is missing or is not a bearer token.",
    );
  }
  try {
    return access?.verifyToken(token).oid;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ArmError(401, "InvalidAuthenticationToken", `The access token is invalid: ${reason}`);
  }
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= bodyLimitBytes) chunks.push(chunk);
  }
  if (size > bodyLimitBytes) {
    throw new ArmError(413, "RequestContentTooLarge", `The request has ${size} bytes; ${bodyLimitBytes} is the limit.`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ArmError(400, "InvalidRequestContent", `The request content is not valid JSON: ${reason}`);
  }
}

function send(incoming: IncomingMessage, outgoing: ServerResponse, response: ArmResponse): void {
  const clientRequestId = incoming.headers["x-ms-client-request-id"];
  const body = response.body === undefined ? "" : JSON.stringify(response.body);
  outgoing.writeHead(response.status, {
    ...(body === "" ? {} : { "Content-Type": "application/json; charset=utf-8" }),
    ...(response.status === 401 ? { "WWW-Authenticate": "Bearer" } : {}),
    ...(typeof clientRequestId === "string" ? { "x-ms-client-request-id": clientRequestId } : {}),
    "Cache-Control": "no-cache",
    "x-ms-request-id": randomUUID(),
    ...response.headers,
  });
  outgoing.end(body);
}
