import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { batchId, modelName, openWord } from "../names.ts";

/**
 * Where a dropped file is on its way to being admitted or refused: `batches/<model>/drops/<id>.json`, owned by the
 * data-watcher. The id follows from file and ETag, so that each version of a file is one drop.
 */
export const dropRecord = defineDocument({
  name: "drop record",
  description: "Where a dropped file is on its way to being admitted or refused.",
  schema: z.object({
    model: modelName,
    /** Path in `drops`. */
    file: z.string(),
    /** ETag of the dropped blob, unquoted. */
    etag: z.string().min(1),
    /** The id of the message that told of the drop first: all that is said of the drop is said because of it. */
    cause: z.string().min(1),
    traceparent: z.string(),
    /**
     * `seen`: nothing is known of its content. `inspected`: it is fit to be `batch`. `taken`: the batch is there, so the
     * dropped blob is not needed any more. `admitted`, `quarantined` or `refused`: decided for good.
     */
    phase: z.enum(["seen", "inspected", "taken", "admitted", "quarantined", "refused"]),
    /** When the phase began. */
    since: z.iso.datetime(),
    batch: batchId.optional(),
    /** While the champion is asked what it makes of the batch: when it goes on without an answer. */
    answerBy: z.iso.datetime().optional(),
    refusal: z
      .object({
        code: openWord([]),
        reason: z.string().min(1),
        row: z.number().int().min(1).optional(),
        column: z.string().optional(),
        batch: batchId.optional(),
      })
      .optional(),
    /** When somebody should look whether the drop goes on; null at its end: its outcome was told. */
    lookAt: z.iso.datetime().nullable(),
    /** When it was said that the drop does not go on from this phase. */
    stuckSaidAt: z.iso.datetime().optional(),
  }),
  example: {
    model: "digits",
    file: "digits/2026-11-23/part-2.csv",
    etag: "0x8DE2A1B2C3D4E5F",
    cause: "831e1650-001e-001b-66ab-eeb76e069631",
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    phase: "refused",
    since: "2026-11-23T09:00:05.000Z",
    batch: "3f1c9a0b5d7e2468",
    answerBy: "2026-11-23T09:10:05.000Z",
    refusal: {
      code: "already-admitted",
      reason: "digits/2026-11-23/part-2.csv: the same content was admitted from digits/2026-11-23/part-1.csv",
      row: 1,
      column: "pixel301",
      batch: "3f1c9a0b5d7e2468",
    },
    lookAt: "2026-11-23T09:10:05.000Z",
    stuckSaidAt: "2026-11-23T12:00:00.000Z",
  },
});
export type DropRecord = DocumentOf<typeof dropRecord>;
