import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TestSurroundings } from "./surroundings.ts";

interface ReceivedRequest {
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
const agree: AnswerRequest = (request, response) => {
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
