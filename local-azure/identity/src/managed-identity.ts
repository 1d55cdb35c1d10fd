import { randomUUID, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerRequests, BadRequestError, requestUrl } from "@local-azure/http";
import { createTokenIssuer, localIssuer, type PublicKey, type TokenIssuer, type VerifyToken } from "./access-token.ts";
import { type Identity, identityOf } from "./identities.ts";

/** What a process needs in its environment for `DefaultAzureCredential` to come here. */
export type IdentityEnvironment = Readonly<Record<"IDENTITY_ENDPOINT" | "IDENTITY_HEADER", string>>;

/** The identities of an app, as App Service knows them. */
export interface AssignedIdentities {
  /** Whose token is given where no identity is named. */
  readonly systemAssigned?: Identity;
  readonly userAssigned?: readonly Identity[];
}

/** A running managed-identity endpoint, as App Service gives one to an app. */
export interface ManagedIdentityEndpoint extends AsyncDisposable {
  /** e.g. `http://127.0.0.1:41234/msi/token`; plain http as on App Service, where it never leaves the machine. */
  readonly endpoint: string;
  /** The secret a request carries as `X-IDENTITY-HEADER`. */
  readonly header: string;
  /** For a process that may be whoever it says: it gets a token for any client id. */
  readonly environment: IdentityEnvironment;
  /** For a process that has these identities: it gets their tokens and no others. */
  environmentFor(identities: AssignedIdentities): IdentityEnvironment;
  /** The claims of a token that this endpoint has issued. */
  readonly verifyToken: VerifyToken;
  /** For a process of its own that verifies tokens: `createTokenVerifier`. */
  readonly publicKey: PublicKey;
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
 * A header stands for the identities that it was made for; the endpoint's own stands for all that anybody can name.
 * Source: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export async function startManagedIdentity(options: { readonly port?: number } = {}): Promise<ManagedIdentityEndpoint> {
  const header = randomUUID();
  const issuer = processIssuer();
  const apps = new Map<string, AssignedIdentities>();
  const tokensFor = (given: string | string[] | undefined): ClientIdFor | undefined => {
    if (isSame(given, header)) return (named) => named ?? systemAssignedClientId;
    for (const [known, identities] of apps) if (isSame(given, known)) return clientIdAmong(identities);
    return undefined;
  };
  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const server: Server = createServer(
    answerRequests((request, response) => send(response, answer(request, { tokensFor, issuer, origin })), { refuse }),
  );
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `${origin()}/msi/token`;

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
    environmentFor(identities) {
      const own = randomUUID();
      apps.set(own, identities);
      return { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: own };
    },
    verifyToken: issuer.verify,
    publicKey: issuer.publicKey,
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

/** The client id of the identity that is meant; undefined where who asks does not have it. */
type ClientIdFor = (named: string | undefined) => string | undefined;

function clientIdAmong({ systemAssigned, userAssigned = [] }: AssignedIdentities): ClientIdFor {
  return (named) => {
    if (named === undefined) return systemAssigned?.clientId;
    const wanted = named.toLowerCase();
    const all = [...userAssigned, ...(systemAssigned ? [systemAssigned] : [])];
    const byResourceId = identityOf(named).clientId;
    return all.find(({ clientId, principalId }) => [wanted, byResourceId].includes(clientId) || principalId === wanted)
      ?.clientId;
  };
}

interface Endpoint {
  /** Whose tokens a request with such a header gets; undefined where it is nobody's. */
  readonly tokensFor: (header: string | string[] | undefined) => ClientIdFor | undefined;
  readonly issuer: TokenIssuer;
  /** e.g. `http://127.0.0.1:41234` */
  readonly origin: () => string;
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

function answer(request: IncomingMessage, { tokensFor, issuer, origin }: Endpoint): Answer {
  const url = requestUrl(request);
  if (url.pathname === "/discovery/keys") return { status: 200, body: { keys: [issuer.publicKey] } };
  if (url.pathname === "/.well-known/openid-configuration") {
    // Not as the client addressed it: a Host header is anybody's words.
    return { status: 200, body: { issuer: localIssuer, jwks_uri: `${origin()}/discovery/keys` } };
  }
  if (url.pathname !== "/msi/token") return refusal(404, `There is nothing at ${url.pathname}.`);
  if (request.method !== "GET") return refusal(405, "A token is asked for with GET.");
  const clientIdFor = tokensFor(request.headers["x-identity-header"]);
  if (!clientIdFor) return refusal(401, "X-IDENTITY-HEADER is missing or is not the value of IDENTITY_HEADER.");
  return tokenAnswer(url.searchParams, clientIdFor, issuer);
}

function tokenAnswer(query: URLSearchParams, clientIdFor: ClientIdFor, issuer: TokenIssuer): Answer {
  if (query.get("api-version") !== protocolVersion) {
    return refusal(400, `The query must have api-version=${protocolVersion}.`);
  }
  const resource = query.get("resource");
  if (!resource) return refusal(400, "The query must have resource=<URI of the resource the token is for>.");
  const named = identityParameters.map((name) => query.get(name)).filter((value) => value !== null);
  if (named.length > 1) return refusal(400, `Name one identity, by one of ${identityParameters.join(", ")}.`);

  const clientId = clientIdFor(named[0]);
  if (clientId === undefined) {
    return refusal(
      400,
      "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId. " +
        "Name one that is assigned to the app, by AZURE_CLIENT_ID for instance.",
    );
  }
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
