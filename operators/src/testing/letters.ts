import type { Envelope } from "@ratchet/contracts";
import type { Letter } from "../letters/letter.ts";

/** An event of Azure's own, about a model's dropped file. */
export const droppedEvent: Envelope = {
  specversion: "1.0",
  id: "831e1650-001e-001b-66ab-eeb76e069631",
  source: "/subscriptions/s/storageAccounts/data",
  type: "Microsoft.Storage.BlobCreated",
  subject: "/blobServices/default/containers/drops/blobs/weather/2014-01.csv",
  time: "2026-11-23T09:00:00.000Z",
  data: { api: "PutBlob" },
};

/** The stack of an error that a service's bundle threw. */
export const stackAt = (frame: string, name = "UnknownModelError"): string =>
  [
    `${name}: no model named weather is applied`,
    `    at new ${name} (/app/dist/functions.cjs:10:5)`,
    `    at ${frame}`,
  ].join("\n");

/** A dead letter of a queue, as far as a test does not say otherwise. */
export function letterWith({ number = "7", ...change }: Partial<Letter> = {}): Letter {
  const place = change.place ?? "data-dropped";
  return {
    id: `${place}/${number}`,
    place,
    number,
    queue: "data-dropped",
    message: droppedEvent.id,
    messageId: `${droppedEvent.id}~1`,
    event: droppedEvent,
    body: droppedEvent,
    properties: {},
    sessionId: undefined,
    failure: {
      name: "UnknownModelError",
      message: "no model named weather is applied",
      stack: stackAt("admitDrop (/app/dist/functions.cjs:4711:9)"),
      service: "data-watcher",
      at: "2026-11-23T09:00:02.000Z",
      attempts: 1,
    },
    attempts: [],
    brokerReason: "MaxDeliveryCountExceeded",
    brokerDescription: undefined,
    since: "2026-11-23T09:00:02.000Z",
    firstFailedAt: "2026-11-23T09:00:02.000Z",
    replays: 0,
    ...change,
  };
}
