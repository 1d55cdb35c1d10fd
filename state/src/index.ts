export { readAppliedDefinition, readChampionPointer, UnknownModelError } from "./applied-model.ts";
export {
  ConflictError,
  CorruptDocumentError,
  type DocumentStore,
  documentStore,
  type Stored,
} from "./document-store.ts";
