import type { Blobs, DocumentReader } from "@ratchet/state";

/** Where rows are: admitted batches, and what is indexed of them. */
export interface RowStores {
  blobs(container: "batches" | "indexes"): Blobs;
  documents(container: "batches"): DocumentReader;
}
