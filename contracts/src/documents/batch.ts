import { z } from "zod";
import { type DocumentOf, defineDocument, type Upgrade } from "../document.ts";
import { batchId, modelName, openWord, sha256 } from "../names.ts";

/** What is known of an admitted batch: `batches/<model>/<batch>/manifest.json`, written last, once. */
export const batchManifest = defineDocument({
  name: "batch manifest",
  description: "What is known of an admitted batch.",
  schema: z.object({
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
  }),
  example: {
    model: "digits",
    batch: "3f1c9a0b5d7e2468",
    file: "digits/2026-11-23/part-1.csv",
    etag: "0x8DE2A1B2C3D4E5F",
    contentSha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    bytes: 1_048_576,
    rows: { train: 481, holdout: 119 },
    holdout: 0.2,
    definitionVersion: "1f2e3d4c5b6a7980",
    admittedAt: "2026-11-23T09:00:00.000Z",
  },
});
export type BatchManifest = DocumentOf<typeof batchManifest>;

/** A batch as the first format of admissions listed it, and as it is read. */
const admittedBatch = z.object({
  batch: batchId,
  file: z.string(),
  admittedAt: z.iso.datetime(),
  /** The id of the drop that brought the batch in; others with the same content are refused. */
  drop: z.string().optional(),
});
export type AdmittedBatch = z.infer<typeof admittedBatch>;

const admissionKinds = ["admitted", "quarantined", "withdrawn", "restored"] as const;

/**
 * An entry in a model's log of admissions, `batches/<model>/log/<page>.jsonl`, owned by the data-watcher. The log is the one
 * record of what came in and what became of it, in which order. An entry may stand there twice, or say what is so already:
 * then it changes nothing.
 */
export const admission = defineDocument({
  name: "admission",
  description: "What came in, or what became of it: an entry in a model's log of admissions.",
  schema: z.object({
    kind: openWord(admissionKinds),
    batch: batchId,
    at: z.iso.datetime(),
    /** Of a batch that is admitted or quarantined: its file, and the drop that brought it. */
    file: z.string().optional(),
    drop: z.string().optional(),
    rows: z.object({ train: z.number().int().min(0), holdout: z.number().int().min(0) }).optional(),
    /** The share of its rows that was held out. */
    holdout: z.number().optional(),
    /** Of one that is quarantined: the heaviest of what makes it stand out, in a sentence. */
    finding: z.string().min(1).optional(),
    /** Of one that is restored: whether it is in quarantine, as before. */
    quarantined: z.boolean().optional(),
    /** Of one that an operator withdraws, restores, or admits out of quarantine: why, who says so, and the id of the command. */
    reason: z.string().min(1).optional(),
    by: z.string().optional(),
    cause: z.string().min(1).optional(),
  }),
  example: {
    kind: "withdrawn",
    batch: "a1b2c3d4e5f60718",
    at: "2026-11-23T09:00:20.000Z",
    file: "digits/2026-11-23/part-2.csv",
    drop: "5c0ffee0123456ab",
    rows: { train: 481, holdout: 119 },
    holdout: 0.2,
    finding: "Labels go with the features 3.1 % as much as before.",
    quarantined: true,
    reason: "the camera was upside down",
    by: "operator@example.com",
    cause: "4272be85143167ef0cbfe50baba5903e",
  },
});
export type Admission = DocumentOf<typeof admission>;

/** Format 1 listed every batch, and those that wait. */
const toLog: Upgrade = ({ batches, pending, ...rest }) => {
  const waiting = (pending as { readonly batches: readonly string[] } | null)?.batches ?? [];
  return { ...rest, earlier: batches, waiting, asked: 0 };
};

/** How far a model's admissions were asked for: `batches/<model>/admissions.json`, owned by the data-watcher. */
export const admissions = defineDocument({
  name: "admissions",
  description: "Up to where training was asked for on what a model's log of admissions has.",
  upgrades: [toLog],
  schema: z.object({
    model: modelName,
    /** The position in the log up to which training was asked for. */
    asked: z.number().int().min(0),
    /** When the model's schedule last asked for training. */
    scheduledAt: z.iso.datetime().optional(),
    /** When the batches began to wait of which it was said that they wait in vain. */
    stuckSince: z.iso.datetime().optional(),
    /** Batches from before there was a log: they come before all that it has. */
    earlier: z.array(admittedBatch).optional(),
    /** Those of them that wait for training. */
    waiting: z.array(batchId).optional(),
  }),
  example: {
    model: "digits",
    asked: 17,
    scheduledAt: "2026-11-23T06:00:00.000Z",
    stuckSince: "2026-11-22T18:00:00.000Z",
    earlier: [
      {
        batch: "3f1c9a0b5d7e2468",
        file: "digits/2026-11-23/part-1.csv",
        admittedAt: "2026-11-23T09:00:00.000Z",
        drop: "4c0ffee0123456ab",
      },
    ],
    waiting: ["3f1c9a0b5d7e2468"],
  },
});
export type AskedAdmissions = DocumentOf<typeof admissions>;
