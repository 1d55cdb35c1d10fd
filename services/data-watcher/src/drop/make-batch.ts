import {
  type AppliedDefinition,
  type BatchManifest,
  batchIdOf,
  batchManifest,
  paths,
  rowReader,
} from "@ratchet/contracts";
import { ConflictError } from "@ratchet/state";
import type { Stores } from "../stores.ts";
import type { Drop } from "./dropped-blob.ts";
import type { DroppedFile } from "./dropped-file.ts";
import { fileRows } from "./file-rows.ts";
import type { Inspection } from "./inspect-file.ts";
import { writeBatch } from "./write-batch.ts";

/** What became of good content: a batch, or the batch that it already is. */
export type AdmittedBatch =
  | { readonly kind: "admitted"; readonly manifest: BatchManifest }
  | { readonly kind: "known"; readonly manifest: BatchManifest };

/** Whether a batch came from this very drop, announced once more, or from another one with the same content. */
const recognise = (manifest: BatchManifest, { file, etag }: Drop): AdmittedBatch =>
  manifest.file === file && manifest.etag === etag ? { kind: "admitted", manifest } : { kind: "known", manifest };

/** Makes a batch of an inspected file. The manifest comes last and only once: it alone makes the batch be there. */
export async function admitBatch(
  stores: Stores,
  { definition, version }: AppliedDefinition,
  drop: Drop,
  file: DroppedFile,
  { contentSha256, bytes, rows }: Inspection,
  now: Date,
): Promise<AdmittedBatch> {
  const { model } = drop;
  const batch = batchIdOf(model, contentSha256);
  const path = paths.batchManifest(model, batch);
  const manifests = stores.documents("batches");
  const known = await manifests.read(path, batchManifest);
  if (known) return recognise(known.value, drop);

  const rowsOfFile = fileRows(file.read(), definition);
  await writeBatch(stores.blobs("batches"), model, batch, rowReader(definition).columns, rowsOfFile);
  const manifest: BatchManifest = {
    model,
    batch,
    file: drop.file,
    etag: drop.etag,
    contentSha256,
    bytes,
    rows: { ...rows },
    holdout: definition.data.holdout,
    definitionVersion: version,
    admittedAt: now.toISOString(),
  };
  try {
    await manifests.write(path, batchManifest, manifest, "absent");
    return { kind: "admitted", manifest };
  } catch (error) {
    // The same content came twice at the same time, and the other was first.
    const first = error instanceof ConflictError ? await manifests.read(path, batchManifest) : undefined;
    if (!first) throw error;
    return recognise(first.value, drop);
  }
}
