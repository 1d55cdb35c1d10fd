export { readChampion, readDefinition, UnknownModelError } from "./applied-model.ts";
export { azureBlobs } from "./azure-blobs.ts";
export { type Blobs, ConflictError } from "./blobs.ts";
export { type Decider, type Moved, moved } from "./decider.ts";
export {
  CorruptDocumentError,
  type DocumentReader,
  type DocumentStore,
  documentStore,
  type Kind,
} from "./document-store.ts";
