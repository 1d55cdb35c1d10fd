import type { StorageAccess } from "./access/admit.ts";
import type { BlobEvent } from "./blob-event.ts";

/** What the storage process is told at its start. */
export interface ServiceSettings {
  /** Where blobs and their metadata are kept; in memory if undefined. */
  readonly folder: string | undefined;
  readonly accountName: string;
  readonly containers: readonly string[];
  /** Accounts besides it, which raise no events: by name, their resource ids. */
  readonly furtherAccounts: Readonly<Record<string, string>>;
  readonly tls: { readonly certPath: string; readonly keyPath: string };
  readonly port: number;
  readonly resourceId: string;
  /** Without it, Azurite's own checks decide. */
  readonly access: StorageAccess | undefined;
}

export type MessageToService =
  | { readonly kind: "start"; readonly settings: ServiceSettings }
  /** The event of this id has been taken: it need not be kept any longer. */
  | { readonly kind: "taken"; readonly id: string }
  /** Who may do what has changed. */
  | { readonly kind: "access"; readonly access: StorageAccess }
  | { readonly kind: "close" };

export type MessageFromService =
  | { readonly kind: "started"; readonly port: number }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "event"; readonly event: BlobEvent }
  | { readonly kind: "refused"; readonly message: string };
