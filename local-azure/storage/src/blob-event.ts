import { randomUUID } from "node:crypto";

/** What Azure Storage raises when a blob is created or replaced, as a CloudEvent 1.0. */
interface BlobCreatedEvent extends Envelope {
  readonly type: "Microsoft.Storage.BlobCreated";
  readonly data: BlobCreatedData;
}

/** What Azure Storage raises when a blob is deleted, as a CloudEvent 1.0. */
interface BlobDeletedEvent extends Envelope {
  readonly type: "Microsoft.Storage.BlobDeleted";
  readonly data: BlobDeletedData;
}

export type BlobEvent = BlobCreatedEvent | BlobDeletedEvent;

interface Envelope {
  /** The resource id of the storage account. */
  readonly source: string;
  /** `/blobServices/default/containers/<container>/blobs/<blob name, not encoded>` */
  readonly subject: string;
  readonly time: string;
  readonly id: string;
  readonly specversion: "1.0";
}

interface BlobEventData {
  readonly clientRequestId?: string;
  readonly requestId: string;
  readonly contentType: string;
  readonly blobType: string;
  /** The address that clients use, with the blob's name percent-encoded. */
  readonly url: string;
  /** Orders the events of one blob name, compared as strings. Goes on growing after a restart. */
  readonly sequencer: string;
  readonly storageDiagnostics: { readonly batchId: string };
}

export interface BlobCreatedData extends BlobEventData {
  readonly api: "PutBlob" | "PutBlockList" | "CopyBlob";
  /** Without the quotes that it has as an HTTP header. */
  readonly eTag: string;
  /** In bytes. */
  readonly contentLength: number;
}

export interface BlobDeletedData extends BlobEventData {
  readonly api: "DeleteBlob";
}

/** What was done to a blob, as far as an event tells it. */
export interface BlobChange {
  readonly api: BlobCreatedData["api"] | BlobDeletedData["api"];
  readonly account: string;
  readonly container: string;
  readonly blob: string;
  readonly clientRequestId: string | undefined;
  readonly requestId: string;
  readonly time: Date;
  readonly properties: {
    readonly etag: string;
    readonly contentLength?: number | undefined;
    readonly contentType?: string | undefined;
    readonly blobType?: string | undefined;
  };
}

/** Where events come from: what they say about the account. */
interface EventSource {
  readonly resourceId: string;
  /** e.g. `https://localhost:41234/devstoreaccount1` */
  readonly blobEndpoint: string;
  readonly nextSequencer: () => string;
}

/**
 * The event for a change, in the shape that Azure delivers.
 * Source: https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage?tabs=cloud-event-schema
 */
export function blobEvent(change: BlobChange, source: EventSource): BlobEvent {
  const envelope = {
    source: source.resourceId,
    subject: `/blobServices/default/containers/${change.container}/blobs/${change.blob}`,
    time: change.time.toISOString(),
    id: randomUUID(),
    specversion: "1.0",
  } as const;
  const request = {
    ...(change.clientRequestId !== undefined && { clientRequestId: change.clientRequestId }),
    requestId: change.requestId,
  };
  const blob = {
    contentType: change.properties.contentType ?? "application/octet-stream",
    blobType: change.properties.blobType ?? "BlockBlob",
    url: `${source.blobEndpoint}/${change.container}/${change.blob.split("/").map(encodeURIComponent).join("/")}`,
    sequencer: source.nextSequencer(),
    storageDiagnostics: { batchId: randomUUID() },
  };
  if (change.api === "DeleteBlob") {
    return { ...envelope, type: "Microsoft.Storage.BlobDeleted", data: { api: change.api, ...request, ...blob } };
  }
  const written = {
    eTag: change.properties.etag.replaceAll('"', ""),
    contentLength: change.properties.contentLength ?? 0,
  };
  return {
    ...envelope,
    type: "Microsoft.Storage.BlobCreated",
    data: { api: change.api, ...request, ...written, ...blob },
  };
}

/** Sequencers of 32 hexadecimal digits: the time of the start, then a count. */
export function createSequencer(startedAt: Date): () => string {
  const start = startedAt.getTime().toString(16).padStart(16, "0");
  let count = 0;
  return () => {
    count += 1;
    return start + count.toString(16).padStart(16, "0");
  };
}
