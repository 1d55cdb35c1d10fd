import { z } from "zod";
import { batchId, modelName, sha256 } from "../names.ts";

/** What is known of an admitted batch: `batches/<model>/<batch>/manifest.json`, written last, once. */
export const batchManifest = z.object({
  model: modelName,
  batch: batchId,
  file: z.string(),
  /** ETag of the dropped blob, unquoted: tells the same drop announced twice from the same content dropped twice. */
  etag: z.string().min(1),
  contentSha256: sha256,
  bytes: z.number().int().positive(),
  rows: z.object({ train: z.number().int().min(0), holdout: z.number().int().min(0) }),
  /** The share of rows that was held out; the split is by row hash, so equal shares never let a row change sides. */
  holdout: z.number(),
  definitionVersion: z.string(),
  admittedAt: z.iso.datetime(),
});
export type BatchManifest = z.infer<typeof batchManifest>;

/** The admitted batches of a model: `batches/<model>/admissions.json`, owned by the data-watcher. */
export const admissions = z.object({
  model: modelName,
  batches: z.array(z.object({ batch: batchId, file: z.string(), admittedAt: z.iso.datetime() })),
  /** Batches that wait for the quiet period to end; null where none does. */
  pending: z.object({ since: z.iso.datetime(), latest: z.iso.datetime(), batches: z.array(batchId).min(1) }).nullable(),
  /** When the model's schedule last asked for training. */
  scheduledAt: z.iso.datetime().optional(),
});
export type Admissions = z.infer<typeof admissions>;
