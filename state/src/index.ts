export {
  type Admissions,
  allAdmissions,
  isFirstToWait,
  noneAsked,
  type Pending,
  readAdmissions,
  readWaiting,
  type StandingBatch,
  type WaitingAdmissions,
  waitingAdmissions,
} from "./admissions.ts";
export { modelNames, readChampion, readDefinition, UnknownModelError } from "./applied-model.ts";
export { atATime } from "./at-a-time.ts";
export { azureBlobs } from "./azure-blobs.ts";
export { type BlobInfo, type Blobs, ConflictError, type Expected } from "./blobs.ts";
export { claimPeriod } from "./claim-period.ts";
export { CorruptDocumentError } from "./corrupt-document.ts";
export { listedBatches, MissingDatasetError, readDataset } from "./datasets.ts";
export { type Decider, type Moved, moved } from "./decider.ts";
export { type DocumentReader, type DocumentStore, documentStore } from "./document-store.ts";
export type { Kind } from "./kind.ts";
export { markedAtLeast, type OpenIndex, type OpenMark, openIndex } from "./open-index.ts";
