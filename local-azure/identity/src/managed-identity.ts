import { randomUUID, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerRequests, BadRequestError, requestUrl } from "@local-azure/http";
import { type AccessTokenClaims, createTokenIssuer, localIssuer, type TokenIssuer } from "./access-token.ts";

/** A running managed-identity endpoint, as App Service gives one to an app. */
export interface ManagedIdentityEndpoint extends AsyncDisposable {
  /** e.g. `http://127.0.0.1:41234/msi/token`; plain http as on App Service, where it never leaves the machine. */
  readonly endpoint: string;
  /** The secret a request carries as `X-IDENTITY-HEADER`. */
  readonly header: string;
  /** What a process needs in its environment for `DefaultAzureCredential` to come here. */
  readonly environment: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  /**
   * The claims of a token this endpoint has issued.
   * @throws {InvalidTokenError} when it did not issue it, or the token expired or is for another audience.
   */
  verifyToken(token: string, options?: { readonly audience?: string }): AccessTokenClaims;
  close(): Promise<void>;
}

/** The client id of the system-assigned identity: the one that gets a token when none is named. */
const systemAssignedClientId = "10ca1000-0000-4000-8000-000000000001";
const protocolVersion = "2019-08-01";
/** The user-assigned identity may be named in any of these ways. */
const identityParameters = ["client_id", "principal_id", "object_id", "mi_res_id", "msi_res_id"] as const;

/**
 * One key for all endpoints of a process: MSAL caches a managed identity's tokens for the life of the process, and
 * those must stay good when a test closes its endpoint and starts another.
 */
const processIssuer = lazily(createTokenIssuer);

/**
 * Starts a managed-identity endpoint on 127.0.0.1 that speaks the App Service protocol, version 2019-08-01:
 * `GET /msi/token?api-version=2019-08-01&resource=<uri>[&client_id=<id>]` with `X-IDENTITY-HEADER`.
 * Every identity exists here: a client id that Azure would refuse gets its token too.
 * Source: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export async function startManagedIdentity(options: { readonly port?: number } = {}): Promise<ManagedIdentityEndpoint> {
  const header = randomUUID();
  const issuer = processIssuer();
  const server = createServer(
    answerRequests((request, response) => send(response, answer(request, { header, issuer })), { refuse }),
  );
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}/msi/token`;

  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return {
    endpoint,
    header,
    environment: { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header },
    verifyToken: (token, verifyOptions) => issuer.verify(token, verifyOptions),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function lazily<T>(create: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= create();
    return value;
  };
}

interface Endpoint {
  readonly header: string;
  readonly issuer: TokenIssuer;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

function refuse(error: unknown, _: IncomingMessage, response: ServerResponse): void {
  const isBad = error instanceof BadRequestError;
  send(response, isBad ? refusal(error.status, error.message) : refusal(500, "The endpoint failed."));
}

function answer(request: IncomingMessage, { header, issuer }: Endpoint): Answer {
  const url = requestUrl(request);
  if (url.pathname === "/discovery/keys") return { status: 200, body: { keys: [issuer.publicKey] } };
  if (url.pathname === "/.well-known/openid-configuration") {
    const jwks_uri = `http://${request.headers.host}/discovery/keys`;
    return { status: 200, body: { issuer: localIssuer, jwks_uri } };
  }
  if (url.pathname !== "/msi/token") return refusal(404, `There is nothing at ${url.pathname}.`);
  if (request.method !== "GET") return refusal(405, "A token is asked for with GET.");
  if (!isSame(request.headers["x-identity-header"], header)) {
    return refusal(401, "X-IDENTITY-HEADER is missing or is not the value of IDENTITY_HEADER.");
  }
  return tokenAnswer(url.searchParams, issuer);
}

function tokenAnswer(query: URLSearchParams, issuer: TokenIssuer): Answer {
  if (query.get("api-version") !== protocolVersion) {
    return refusal(400, `The query must have api-version=${protocolVersion}.`);
  }
  const resource = query.get("resource");
  if (!resource) return refusal(400, "The query must have resource=<URI of the resource the token is for>.");
  const named = identityParameters.map((name) => query.get(name)).filter((value) => value !== null);
  if (named.length > 1) return refusal(400, `Name one identity, by one of ${identityParameters.join(", ")}.`);

  const clientId = named[0] ?? systemAssignedClientId;
  const { token, claims } = issuer.issue({ resource, clientId });
  const body = {
    access_token: token,
    client_id: clientId,
    // The protocol has seconds since 1970, as a string.
    expires_on: String(claims.exp),
    not_before: String(claims.nbf),
    resource,
    token_type: "Bearer",
  };
  return { status: 200, body };
}

function isSame(given: string | string[] | undefined, expected: string): boolean {
  if (typeof given !== "string") return false;
  // Compared as bytes: of one length in characters, texts may differ in theirs.
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refusal(status: number, message: string): Answer {
  return { status, body: { statusCode: status, message, correlationId: randomUUID() } };
}
