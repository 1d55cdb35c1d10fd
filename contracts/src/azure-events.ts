/**
 * What Azure itself says through Event Grid, and how it says it: types of events, subjects of blobs, fields.
 * Source: https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage and …/event-schema-machine-learning.
 */

export const azureEvents = {
  blobCreated: "Microsoft.Storage.BlobCreated",
  runCompleted: "Microsoft.MachineLearningServices.RunCompleted",
  runStatusChanged: "Microsoft.MachineLearningServices.RunStatusChanged",
  modelRegistered: "Microsoft.MachineLearningServices.ModelRegistered",
} as const;

/** The calls after which a blob is whole. `CreateFile` and `AppendBlob` announce blobs that are still being written. */
export const wholeBlobCalls: readonly string[] = ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"];

const prefixOf = (container: string): string => `/blobServices/default/containers/${container}/blobs/`;

/** The subject of events about a blob; with an empty path, how the subjects of a container's blobs begin. */
export const blobSubject = (container: string, path: string): string => `${prefixOf(container)}${path}`;

/** The path of the blob of `container` that an event's subject names; undefined where it names none. */
export function blobOf(container: string, { subject }: { readonly subject: string }): string | undefined {
  const prefix = prefixOf(container);
  return subject.startsWith(prefix) && subject.length > prefix.length ? subject.slice(prefix.length) : undefined;
}

/** A field of an event's data whatever the case of its name: Azure ML's documentation and what it sends differ. */
export function eventField(data: unknown, name: string): unknown {
  if (typeof data !== "object" || data === null) return undefined;
  return Object.entries(data).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** A field of an event's data that holds text; undefined where it is missing, empty or something else. */
export function eventText(data: unknown, name: string): string | undefined {
  const value = eventField(data, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}
