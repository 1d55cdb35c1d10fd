import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventGridPublisherClient } from "@azure/eventgrid";
import {
  AggregateAuthenticationError,
  AuthenticationError,
  AuthenticationRequiredError,
  ChainedTokenCredential,
  CredentialUnavailableError,
  DefaultAzureCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from "@azure/identity";
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient } from "@azure/storage-blob";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  trustCertificateAuthority,
} from "@local-azure/identity";
import { startServiceBus } from "@local-azure/service-bus";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Patience, patienceFor } from "./patience.ts";
import { isTransient, PermanentError, TransientError } from "./transient.ts";

const withFields = (fields: object, message = "an error"): Error => Object.assign(new Error(message), fields);

const withCauses = (depth: number, innermost: Error): Error =>
  Array.from({ length: depth }).reduce<Error>((cause) => new Error("around", { cause }), innermost);

describe("an error as plain data", () => {
  test.each<readonly [unknown, Patience]>([
    [new TransientError("busy"), "brief"],
    [new PermanentError("no such model"), "none"],
    [withFields({ transient: false, statusCode: 503 }), "none"],
    [withFields({ transient: true, statusCode: 403 }), "brief"],
    [withFields({ retryable: true }), "brief"],
    // What Service Bus's SDK says of a name that cannot be resolved, and of a queue that is not there.
    [withFields({ retryable: false, code: "ENOTFOUND" }), "brief"],
    [withFields({ retryable: false, code: "MessagingEntityNotFound" }), "none"],
    [withFields({ retryable: true, code: "UnauthorizedAccess" }), "roles"],
    [new TypeError("x is not a function"), "none"],
    // Causes within causes are followed ten deep: an error may be its own cause.
    [withCauses(10, new TransientError("busy")), "brief"],
    [withCauses(11, new TransientError("busy")), "none"],
    ["just a text", "none"],
    [null, "none"],
    [undefined, "none"],
  ])("%s: %s", (error, expected) => {
    expect(patienceFor(error)).toBe(expected);
  });

  test.each<readonly [Patience, readonly number[]]>([
    ["brief", [408, 409, 412, 425, 429, 500, 501, 502, 503, 504, 507, 599]],
    ["roles", [401, 403]],
    ["none", [200, 304, 400, 402, 404, 405, 407, 410, 411, 413, 415, 416, 424, 428, 499]],
  ])("calls for %s patience with the statuses %j, as either field", (expected, statuses) => {
    for (const status of statuses) {
      expect(patienceFor(withFields({ statusCode: status })), String(status)).toBe(expected);
      expect(patienceFor(withFields({ status })), String(status)).toBe(expected);
    }
  });

  test.each([
    ["name resolution", ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL"]],
    ["connections", ["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "ENOTCONN", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"]],
    ["time-outs", ["ETIMEDOUT", "ERR_SOCKET_CONNECTION_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT"]],
    ["networks that are away", ["ENETDOWN", "ENETRESET", "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH"]],
    ["undici", ["UND_ERR_SOCKET", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]],
    ["the SDKs", ["REQUEST_SEND_ERROR", "QuotaExceeded", "ServiceCommunicationProblem"]],
  ])("calls for brief patience with the codes of %s", (_, codes) => {
    for (const code of codes) expect(patienceFor(withFields({ code })), code).toBe("brief");
  });

  test("calls for none with the codes of faults that stay", () => {
    for (const code of ["ENOENT", "EACCES", "ERR_INVALID_ARG_TYPE", "CERT_HAS_EXPIRED", "PARSE_ERROR", "BlobNotFound"])
      expect(patienceFor(withFields({ code })), code).toBe("none");
  });

  test("calls for brief patience where no token was to be had, and for the long one where it was refused", () => {
    expect(patienceFor(new CredentialUnavailableError("no identity endpoint"))).toBe("brief");
    expect(patienceFor(new AuthenticationRequiredError({ scopes: [], message: "no token" }))).toBe("brief");
    expect(patienceFor(new AuthenticationError(400, "invalid scope"))).toBe("brief");
    expect(patienceFor(new AuthenticationError(503, "not now"))).toBe("brief");
    expect(patienceFor(new AuthenticationError(401, "invalid client"))).toBe("roles");
    expect(patienceFor(new AggregateAuthenticationError([new AuthenticationError(403, "no")], "all"))).toBe("roles");
  });

  test("asks by its cause, or by any of those it gathers, what it does not tell by itself: the longest counts", () => {
    const busy = withFields({ statusCode: 503 });
    const forbidden = withFields({ statusCode: 403 });
    const wrong = new TypeError("wrong");
    expect(patienceFor(new Error("wrapped", { cause: new Error("again", { cause: busy }) }))).toBe("brief");
    expect(patienceFor(new AggregateError([wrong, busy]))).toBe("brief");
    expect(patienceFor(new AggregateError([busy, forbidden, wrong]))).toBe("roles");
    expect(patienceFor(new AggregateError([wrong], "all failed", { cause: forbidden }))).toBe("roles");
    expect(patienceFor(new AggregateError([wrong, wrong]))).toBe("none");
    expect(patienceFor(new PermanentError("says so itself", { cause: busy }))).toBe("none");
    expect(patienceFor(withFields({ statusCode: 404, cause: busy }))).toBe("none");
  });

  test("may be its own cause", () => {
    const round: Error & { cause?: unknown } = new Error("round");
    round.cause = new Error("and round", { cause: round });
    expect(patienceFor(round)).toBe("none");
  });

  test("is transient where there is any patience with it", () => {
    expect(isTransient(withFields({ statusCode: 503 }))).toBe(true);
    expect(isTransient(withFields({ statusCode: 403 }))).toBe(true);
    expect(isTransient(withFields({ statusCode: 404 }))).toBe(false);
  });
});

/** What a piece of work fails with. */
const failureOf = async (work: () => PromiseLike<unknown>): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing failed");
};

const never = "no-such-host.invalid";
const token: TokenCredential = { getToken: async () => ({ token: "any", expiresOnTimestamp: Date.now() + 3_600_000 }) };

/** A server on a free port, and how to close it. */
async function listening(server: Server): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { port: (server.address() as AddressInfo).port, close };
}

describe("the identity library", () => {
  /** The resource that a token is asked for says what comes of it: a status, or an end of the connection. */
  const answering: RequestListener = (request, response) => {
    const asked = new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("resource") ?? "";
    const [, what = ""] = /^https:\/\/(.*)\.example/.exec(asked) ?? [];
    if (what === "reset") return request.socket.resetAndDestroy();
    if (what === "half")
      return void response.writeHead(200, { "content-length": 100 }).end("{", () => response.destroy());
    const status = Number(what);
    const body = status === 200 ? {} : { statusCode: status, message: "not now" };
    return void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const server = createServer(answering);
  let port: number;
  let credential: TokenCredential;
  beforeAll(async () => {
    ({ port } = await listening(server));
    process.env["IDENTITY_ENDPOINT"] = `http://127.0.0.1:${port}/msi/token`;
    process.env["IDENTITY_HEADER"] = "secret";
    // The chain that DefaultAzureCredential is, without its 17 seconds of retries.
    credential = new ChainedTokenCredential(new ManagedIdentityCredential({ retryOptions: { maxRetries: 0 } }));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each<readonly [string, Patience]>([
    ["500", "brief"],
    ["503", "brief"],
    ["429", "brief"],
    ["404", "brief"],
    ["410", "brief"],
    ["400", "brief"],
    ["200", "brief"],
    ["reset", "brief"],
    ["half", "brief"],
    ["401", "roles"],
    ["403", "roles"],
  ])("that hears %s from its endpoint: %s", async (what, expected) => {
    const error = await failureOf(() => credential.getToken(`https://${what}.example/.default`));
    expect(error).toMatchObject({ name: "AggregateAuthenticationError" });
    expect(patienceFor(error)).toBe(expected);
  });

  test("that finds its endpoint closed: brief", async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    const error = await failureOf(() => credential.getToken("https://closed.example/.default"));
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    expect(patienceFor(error)).toBe("brief");
  });

  test("that is throttled, behind the whole chain of DefaultAzureCredential: brief", async () => {
    const error = await failureOf(() => new DefaultAzureCredential().getToken("https://429.example/.default"));
    expect((error as AggregateError).errors.length).toBeGreaterThan(2);
    expect(patienceFor(error)).toBe("brief");
  });

  test("that fails under another client, which hands its error on: brief", async () => {
    const identity = { getToken: () => credential.getToken("https://503.example/.default") };
    const container = new BlobServiceClient("https://127.0.0.1:9", identity).getContainerClient("state");
    expect(patienceFor(await failureOf(() => container.getProperties()))).toBe("brief");
    const grid = new EventGridPublisherClient("https://127.0.0.1:9", "CloudEvent", identity);
    const events = [{ type: "t", source: "s", data: {} }];
    expect(patienceFor(await failureOf(() => grid.send(events)))).toBe("brief");
  });
});

describe("a server of Azure's", () => {
  let folder: string;
  let closeServer: () => Promise<void>;
  let origin: string;
  let tls: CertificateAuthority["server"];

  /** The first part of the path, or of a blob's path, says what comes of a request. */
  const answering: RequestListener = (request, response) => {
    request.resume();
    const [, what = ""] = /\/(\d{3}|closed|cut|silent)(\/|$|\?)/.exec(request.url ?? "") ?? [];
    if (what === "closed") return void request.socket.destroy();
    if (what === "silent") return;
    if (what === "cut") {
      response.writeHead(200, { "content-length": 100, etag: '"one"' });
      return void response.write("half", () => setImmediate(() => request.socket.destroy()));
    }
    const body = `<?xml version="1.0"?><Error><Code>Some</Code><Message>as asked</Message></Error>`;
    return void response.writeHead(Number(what), { "content-type": "application/xml" }).end(body);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ratchet-patience-"));
    const authority = await createCertificateAuthority(folder);
    trustCertificateAuthority(authority.caCertificate);
    tls = authority.server;
    const server = await listening(createSecureServer(tls, answering));
    closeServer = server.close;
    origin = `https://localhost:${server.port}`;
  });
  afterAll(async () => {
    await closeServer();
    await rm(folder, { recursive: true });
  });

  const statuses = [
    ["500", "brief"],
    ["503", "brief"],
    ["429", "brief"],
    ["408", "brief"],
    ["409", "brief"],
    ["412", "brief"],
    ["closed", "brief"],
    ["401", "roles"],
    ["403", "roles"],
    ["404", "none"],
    ["400", "none"],
  ] as const;

  const blob = (endpoint: string) =>
    new BlobServiceClient(endpoint, token, { retryOptions: { maxTries: 1 } })
      .getContainerClient("state")
      .getBlockBlobClient("document.json");

  test.each<readonly [string, Patience]>(statuses)("that answers storage with %s: %s", async (what, expected) => {
    expect(patienceFor(await failureOf(() => blob(`${origin}/${what}`).download()))).toBe(expected);
    expect(patienceFor(await failureOf(() => blob(`${origin}/${what}`).upload("text", 4)))).toBe(expected);
  });

  test("that ends in the middle of a download: brief", async () => {
    const read = async () => {
      const { readableStreamBody = [] } = await blob(`${origin}/cut`).download(0, undefined, { maxRetryRequests: 0 });
      for await (const _ of readableStreamBody);
    };
    expect(patienceFor(await failureOf(read))).toBe("brief");
    expect(patienceFor(await failureOf(() => blob(`${origin}/cut`).downloadToBuffer()))).toBe("brief");
  });

  test("that is not there, or has no address: brief", async () => {
    expect(patienceFor(await failureOf(() => blob("https://127.0.0.1:9").download()))).toBe("brief");
    expect(patienceFor(await failureOf(() => blob(`https://${never}`).download()))).toBe("brief");
  });

  test.each<readonly [string, Patience]>(statuses)("that answers Event Grid with %s: %s", async (what, expected) => {
    const retryOptions = { maxRetries: 0 };
    const grid = new EventGridPublisherClient(`${origin}/${what}`, "CloudEvent", token, { retryOptions });
    expect(patienceFor(await failureOf(() => grid.send([{ type: "t", source: "s", data: {} }])))).toBe(expected);
  });

  test("that fails under fetch: brief", async () => {
    const body = async () => (await fetch(`${origin}/cut`)).text();
    const tooLate = () => fetch(`${origin}/silent`, { signal: AbortSignal.timeout(50) });
    const works = [() => fetch(`${origin}/closed`), body, tooLate, () => fetch("https://127.0.0.1:81")];
    for (const work of [...works, () => fetch(`https://${never}`), () => fetch("https://localhost:81")])
      expect(patienceFor(await failureOf(work)), String(work)).toBe("brief");
  });

  describe("that is Service Bus", () => {
    const send = async (host: string, queue = "queue", credential = token) => {
      const client = new ServiceBusClient(host, credential, { retryOptions: { maxRetries: 0, timeoutInMs: 2_000 } });
      try {
        return await failureOf(() => client.createSender(queue).sendMessages({ body: "text" }));
      } finally {
        await client.close();
      }
    };

    test("and is not there, or has no address: brief", async () => {
      expect(patienceFor(await send("localhost:9"))).toBe("brief");
      expect(patienceFor(await send(never))).toBe("brief");
    });

    test("and goes away while it is used: brief", async () => {
      const bus = await startServiceBus({ queues: [{ name: "queue" }], tls });
      const client = new ServiceBusClient(bus.fullyQualifiedNamespace, token, {
        retryOptions: { maxRetries: 0, timeoutInMs: 500 },
      });
      const sender = client.createSender("queue");
      await sender.sendMessages({ body: "text" });
      await bus.close();
      expect(patienceFor(await failureOf(() => sender.sendMessages({ body: "text" })))).toBe("brief");
      expect(patienceFor(await failureOf(() => sender.sendMessages({ body: "text" })))).toBe("brief");
      await client.close();
    });

    test("and takes no token of this identity: roles", async () => {
      const verifyToken = () => {
        throw new Error("the role Azure Service Bus Data Sender is missing");
      };
      await using bus = await startServiceBus({ queues: [{ name: "queue" }], tls, access: { keys: [], verifyToken } });
      expect(patienceFor(await send(bus.fullyQualifiedNamespace))).toBe("roles");
    });

    test("and has no such queue: none", async () => {
      await using bus = await startServiceBus({ queues: [], tls });
      expect(patienceFor(await send(bus.fullyQualifiedNamespace, "nowhere"))).toBe("none");
    });
  });
});
