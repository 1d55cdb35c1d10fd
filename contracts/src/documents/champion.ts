import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { batchId, modelName, modelVersion, runId, sha256 } from "../names.ts";
import { datasetRef, exampleDataset } from "./dataset.ts";

/** A release: inference code at a digest with a model at a version, as one package. */
export const release = z.object({
  version: modelVersion,
  code: sha256,
  package: sha256,
  runId: runId.optional(),
  /** What the model was trained on by one of Ratchet's own runs. */
  dataset: datasetRef.optional(),
  /** The batches that it was trained on, where they are not a dataset's; empty where it is not known. */
  trainedOn: z.array(batchId),
  onnx: z.object({
    container: z.string(),
    path: z.string(),
    /** What the model is, whatever lies at its path by now; absent in pointers from before it was kept. */
    sha256: sha256.optional(),
  }),
  verdict: z.string(),
  promotedAt: z.iso.datetime(),
  /** Id of the command that put it into production: delivered again, it only says so again. */
  cause: z.string().min(1).optional(),
});
export type Release = z.infer<typeof release>;

/** Why a champion stays. */
const frozen = z.object({
  since: z.iso.datetime(),
  reason: z.string().min(1),
  by: z.string().optional(),
  /** Id of the command. */
  cause: z.string().min(1),
  /** The newest challenger that was to be deployed meanwhile. */
  heldBack: z.object({ version: modelVersion, since: z.iso.datetime() }).optional(),
});

/** How the last freeze ended. */
const thawed = z.object({
  at: z.iso.datetime(),
  reason: z.string().min(1),
  by: z.string().optional(),
  /** Id of the command. */
  cause: z.string().min(1),
  /** The challenger that was held back, and is judged again. */
  judgedAgain: modelVersion.nullable(),
});

export const exampleRelease = (version: string): Release => ({
  version,
  code: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  package: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
  runId: "digits-0f1e2d3c4b5a6978",
  dataset: exampleDataset,
  trainedOn: [],
  onnx: {
    container: "runs",
    path: "digits-0f1e2d3c4b5a6978/model/model.onnx",
    sha256: "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730",
  },
  verdict: `digits/${version}.json`,
  promotedAt: "2026-11-23T09:00:00.000Z",
  cause: "4272be85143167ef0cbfe50baba5903e",
});

/** What serves a model, and what served it before: `champions/<model>.json`, owned by the deployer, moved by compare-and-swap. */
export const championPointer = defineDocument({
  name: "champion pointer",
  description: "What serves a model, and what served it before.",
  schema: z.object({
    model: modelName,
    champion: release,
    previous: release.nullable(),
    /** Releases taken out of production by a rollback, newest first; a verdict alone does not bring them back. */
    withdrawn: z.array(release),
    endpoint: z.url(),
    /** Set while no challenger is deployed: after a rollback that an operator asked for, or because one asked for just that. */
    frozen: frozen.optional(),
    thawed: thawed.optional(),
  }),
  example: {
    model: "digits",
    champion: exampleRelease("7"),
    previous: exampleRelease("6"),
    withdrawn: [exampleRelease("5")],
    endpoint: "https://inference-digits.azurewebsites.net",
    frozen: {
      since: "2026-11-23T10:00:00.000Z",
      reason: "customers report wrong sevens",
      by: "operator@example.com",
      cause: "c1c73895821912732383c055b7770ec5",
      heldBack: { version: "8", since: "2026-11-23T11:00:00.000Z" },
    },
    thawed: {
      at: "2026-11-22T09:00:00.000Z",
      reason: "the fair is over",
      by: "operator@example.com",
      cause: "831e1650001e001b66abeeb76e069631",
      judgedAgain: null,
    },
  },
});
export type ChampionPointer = DocumentOf<typeof championPointer>;

/** The inference code that new releases are made with: `champions/code.json`, moved when code is released. */
export const currentCode = defineDocument({
  name: "current code",
  description: "The inference code that new releases are made with.",
  schema: z.object({ code: z.string(), releasedAt: z.iso.datetime({ offset: true }) }),
  example: {
    code: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    releasedAt: "2026-11-23T09:00:00.000Z",
  },
});
