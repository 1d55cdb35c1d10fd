import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Envelope, isModelPromoted } from "@ratchet/contracts";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** What an app team would run: a webhook that Event Grid has validated and delivers to. */
export interface Subscriber extends AsyncDisposable {
  readonly url: string;
  /** Every delivery, as it came. */
  readonly received: readonly Envelope[];
  /** How often Event Grid asked whether the endpoint wants its events. */
  readonly handshakes: number;
  /** The faults of a received event against the published JSON Schema; empty where it keeps it. */
  faultsOf(event: Envelope): readonly string[];
  close(): Promise<void>;
}

const schemaFile = join(import.meta.dirname, "../../../contracts/generated/schemas/ratchet.model.promoted.v1.json");

/** Starts a subscriber for promoted models. */
export async function startSubscriber(tls: { readonly cert: string; readonly key: string }): Promise<Subscriber> {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(await readFile(schemaFile, "utf8")));
  const received: Envelope[] = [];
  let handshakes = 0;
  const server = createServer(tls, (request, response) => {
    // CloudEvents: Event Grid asks by OPTIONS before it delivers anything.
    if (request.method === "OPTIONS") {
      handshakes += 1;
      const origin = request.headers["webhook-request-origin"];
      response.writeHead(200, { "WebHook-Allowed-Origin": origin ?? "", "WebHook-Allowed-Rate": "120" }).end();
      return;
    }
    text(request).then(
      (body) => {
        const delivered: unknown = JSON.parse(body);
        for (const event of Array.isArray(delivered) ? delivered : [delivered])
          if (isModelPromoted(event)) received.push(event);
        response.writeHead(200).end();
      },
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/promoted`,
    received,
    get handshakes() {
      return handshakes;
    },
    faultsOf: (event) =>
      validate(event) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`),
    close,
    [Symbol.asyncDispose]: close,
  };
}
