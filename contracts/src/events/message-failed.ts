import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { openWord } from "../names.ts";
import { queues, services } from "../topology.ts";

export const messageFailed = defineContract({
  type: "ratchet.message.failed.v1",
  kind: "event",
  statedBy: services,
  description: "A service could not do what a message asks; the message is in its queue's dead-letter queue.",
  data: z.object({
    service: z.string(),
    queue: openWord(Object.keys(queues)),
    messageId: z.string().describe("The CloudEvents id of the failed message."),
    messageType: z.string(),
    messageSubject: z.string(),
    attempts: z.number().int().min(1).describe("How often it was tried, delayed retries included."),
    error: z.object({ name: z.string(), message: z.string(), stack: z.string().optional() }),
  }),
  subject: ({ queue, messageId }) => `queues/${queue}/messages/${messageId}`,
  example: {
    service: "data-watcher",
    queue: "data-dropped",
    messageId: "831e1650-001e-001b-66ab-eeb76e069631",
    messageType: "Microsoft.Storage.BlobCreated",
    messageSubject: "/blobServices/default/containers/drops/blobs/weather/2014-01.csv",
    attempts: 1,
    error: { name: "UnknownModelError", message: "no model named weather is applied; run: ratchet apply <its folder>" },
  },
});
export type MessageFailed = ReturnType<typeof messageFailed.parse>;
