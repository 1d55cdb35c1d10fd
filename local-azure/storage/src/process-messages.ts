import type { BlobEvent } from "./blob-event.ts";

/** What the storage process is told at its start. */
export interface ServiceSettings {
  /** Where blobs and their metadata are kept; in memory if undefined. */
  readonly folder: string | undefined;
  readonly accountName: string;
  readonly containers: readonly string[];
  readonly tls: { readonly certPath: string; readonly keyPath: string };
  readonly port: number;
  readonly resourceId: string;
}

export type MessageToService =
  | { readonly kind: "start"; readonly settings: ServiceSettings }
  /** The event of this id has been taken: it need not be kept any longer. */
  | { readonly kind: "taken"; readonly id: string }
  | { readonly kind: "close" };

export type MessageFromService =
  | { readonly kind: "started"; readonly port: number }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "event"; readonly event: BlobEvent };
