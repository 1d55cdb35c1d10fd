import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";

/** Certificates, an identity and a folder for one test file. */
export interface TestSurroundings extends AsyncDisposable {
  readonly tls: { readonly cert: string; readonly key: string; readonly certPath: string; readonly keyPath: string };
  readonly folder: string;
  readonly caCertificatePath: string;
}

export async function prepareSurroundings(): Promise<TestSurroundings> {
  const folder = await mkdtemp(join(tmpdir(), "local-azure-event-grid-"));
  const authority = await createCertificateAuthority(join(folder, "certificates"));
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  return {
    tls: authority.server,
    folder,
    caCertificatePath: authority.caCertificatePath,
    [Symbol.asyncDispose]: async () => {
      await identity.close();
      await rm(folder, { recursive: true });
    },
  };
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

/** A webhook of the test's own. */
export interface TestWebhook extends AsyncDisposable {
  readonly url: string;
  /** All that it was sent, but for the handshake. */
  readonly received: readonly ReceivedRequest[];
  readonly handshakes: readonly ReceivedRequest[];
}

export type AnswerRequest = (request: ReceivedRequest, response: ServerResponse) => void;

/** Agrees to the handshake of either schema, as a subscriber's code does. */
export const agree: AnswerRequest = (request, response) => {
  if (request.method === "OPTIONS") {
    const origin = String(request.headers["webhook-request-origin"]);
    response.writeHead(200, { "WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "120" }).end();
  } else {
    const [event] = JSON.parse(request.body) as [{ data: { validationCode: string } }];
    response.writeHead(200).end(JSON.stringify({ validationResponse: event.data.validationCode }));
  }
};

export async function startWebhook(
  tls: TestSurroundings["tls"],
  answers: { readonly handshake?: AnswerRequest; readonly event?: AnswerRequest } = {},
): Promise<TestWebhook> {
  const received: ReceivedRequest[] = [];
  const handshakes: ReceivedRequest[] = [];
  const server = createServer(tls, async (incoming: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "", url: path = "", headers } = incoming;
    const request = { method, path, headers, body: Buffer.concat(chunks).toString(), at: Date.now() };
    const isHandshake = method === "OPTIONS" || headers["aeg-event-type"] === "SubscriptionValidation";
    (isHandshake ? handshakes : received).push(request);
    if (isHandshake) (answers.handshake ?? agree)(request, response);
    else (answers.event ?? ((_, accepted) => void accepted.writeHead(200).end()))(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/events`,
    received,
    handshakes,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Waits for a condition; fails after `milliseconds` with what was waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  milliseconds = 10_000,
): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${milliseconds} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
