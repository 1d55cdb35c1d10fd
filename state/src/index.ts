export { readChampion, readDefinition, UnknownModelError } from "./applied-model.ts";
export { azureBlobs } from "./azure-blobs.ts";
export { type BlobInfo, type Blobs, ConflictError, type Expected } from "./blobs.ts";
export { claimPeriod } from "./claim-period.ts";
export { type Decider, type Moved, moved } from "./decider.ts";
export {
  CorruptDocumentError,
  type DocumentReader,
  type DocumentStore,
  documentStore,
  type Kind,
} from "./document-store.ts";
export { markedAtLeast, type OpenIndex, type OpenMark, openIndex } from "./open-index.ts";
