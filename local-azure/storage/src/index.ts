export type { StorageAccess } from "./access/admit.ts";
export type { BlobCreatedData, BlobDeletedData, BlobEvent } from "./blob-event.ts";
export { StorageError } from "./errors.ts";
export { type LocalStorage, type StorageEnd, type StorageOptions, startStorage } from "./storage.ts";
