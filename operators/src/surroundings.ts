import type { ServiceBusClient } from "@azure/service-bus";
import type { Blobs, DocumentStore } from "@ratchet/state";

/** What an operator's work stands on: as whom, on which broker, and where it is written down. */
export interface Surroundings {
  /** Who acts, for the record. */
  readonly by: string;
  /** Names this process: who works on an operation. */
  readonly worker: string;
  readonly client: () => ServiceBusClient;
  /** The container `operations`. */
  readonly operations: Blobs;
  readonly documents: DocumentStore;
  /** The container `event-dead-letters`. */
  readonly undelivered: Blobs;
  readonly clock: () => Date;
  readonly pause: (milliseconds: number) => Promise<void>;
}
