import { z } from "zod";
import { batchId, modelName, modelVersion, runId, sha256 } from "../names.ts";

/** A release: inference code at a digest with a model at a version, as one package. */
export const release = z.object({
  version: modelVersion,
  code: sha256,
  package: sha256,
  runId: runId.optional(),
  /** The batches that the model was trained on: they must not judge it. */
  trainedOn: z.array(batchId),
  onnx: z.object({ container: z.string(), path: z.string() }),
  verdict: z.string(),
  promotedAt: z.iso.datetime(),
  /** Id of the command that put it into production: delivered again, it only says so again. */
  cause: z.string().min(1).optional(),
});
export type Release = z.infer<typeof release>;

/** What serves a model, and what served it before: `champions/<model>.json`, owned by the deployer, moved by compare-and-swap. */
export const championPointer = z.object({
  model: modelName,
  champion: release,
  previous: release.nullable(),
  /** Releases taken out of production by a rollback, newest first; a verdict alone does not bring them back. */
  withdrawn: z.array(release),
  endpoint: z.url(),
});
export type ChampionPointer = z.infer<typeof championPointer>;
