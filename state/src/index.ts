export {
  ConflictError,
  CorruptDocumentError,
  type DocumentStore,
  documentStore,
  type Stored,
} from "./document-store.ts";
