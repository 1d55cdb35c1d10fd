import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Envelope, parseEnvelope } from "@ratchet/contracts";

/** A webhook of our own that every event of the topic is to come to. */
export interface Subscriber {
  readonly url: string;
  /** What came, once each. */
  readonly heard: ReadonlyMap<string, Envelope>;
  close(): Promise<void>;
}

/** @param folder that of the stack, whose certificate for `localhost` it shows. */
export async function startSubscriber(folder: string): Promise<Subscriber> {
  const read = (name: string) => readFile(join(folder, "certificates", name));
  const [cert, key] = await Promise.all([read("server.pem"), read("server.key")]);
  const heard = new Map<string, Envelope>();
  const server = createServer({ cert, key }, (request, response) => {
    // CloudEvents: Event Grid asks by OPTIONS before it delivers anything.
    if (request.method === "OPTIONS") {
      const origin = request.headers["webhook-request-origin"];
      response.writeHead(200, { "WebHook-Allowed-Origin": origin ?? "", "WebHook-Allowed-Rate": "120" }).end();
      return;
    }
    text(request)
      .then((body) => {
        for (const event of [JSON.parse(body) as unknown].flat().map(parseEnvelope)) heard.set(event.id, event);
        response.writeHead(200).end();
      })
      .catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/events`,
    heard,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
