import {
  type AppliedDefinition,
  type BatchManifest,
  batchIdOf,
  batchManifest,
  paths,
  rowReader,
} from "@ratchet/contracts";
import { fileRows, type Inspection } from "@ratchet/formats";
import { ConflictError } from "@ratchet/state";
import { profileRows } from "@ratchet/suspicion";
import { readManifest, type Stores } from "../stores.ts";
import { keepProfile, schemaOf } from "../suspicion/batch-profiles.ts";
import type { Drop } from "./dropped-blob.ts";
import type { DroppedFile } from "./dropped-file.ts";
import { writeBatch } from "./write-batch.ts";

/**
 * Makes a batch of an inspected file, unless the same content is one already, and a profile of its rows. The manifest comes
 * last and only once: it alone makes the batch be there.
 * @throws {SupersededDropError} when the dropped blob has become another since.
 * @throws {ContendedBatchError} when another drop of the same content is written at the same time.
 */
export async function makeBatch(
  stores: Stores,
  { definition, version }: AppliedDefinition,
  { model, file, etag }: Drop,
  dropped: DroppedFile,
  { contentSha256, bytes, rows }: Inspection,
  now: Date,
): Promise<void> {
  const batch = batchIdOf(model, contentSha256);
  if (await readManifest(stores, model, batch)) return;
  const rowsOfFile = fileRows(dropped.read(), definition);
  const profiling = definition.data.suspicion === "off" ? undefined : profileRows(definition);
  await writeBatch(stores.blobs("batches"), model, batch, rowReader(definition).columns, rowsOfFile, (fields) =>
    profiling?.add(fields),
  );
  if (profiling) await keepProfile(stores, model, batch, { schema: schemaOf(definition), ...profiling.end() });
  const manifest: BatchManifest = {
    model,
    batch,
    file,
    etag,
    contentSha256,
    bytes,
    rows: { ...rows },
    holdout: definition.data.holdout,
    definitionVersion: version,
    admittedAt: now.toISOString(),
  };
  try {
    await stores.documents("batches").write(paths.batchManifest(model, batch), batchManifest, manifest, "absent");
  } catch (error) {
    // The same content came twice at the same time, and the other was first: it is the same batch.
    if (!(error instanceof ConflictError)) throw error;
  }
}
