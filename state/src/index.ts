export { readChampion, readDefinition, UnknownModelError } from "./applied-model.ts";
export { type Decider, type Moved, moved } from "./decider.ts";
export {
  ConflictError,
  CorruptDocumentError,
  type DocumentReader,
  type DocumentStore,
  documentStore,
  type Kind,
} from "./document-store.ts";
