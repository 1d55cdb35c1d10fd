import { z } from "zod";

/** What becomes of a batch that stands out, and from when on one does. */
export const suspicionPolicySchema = z.strictObject({
  /** `quarantine`: kept and not used until somebody says so; `warn`: used, and said; `off`: nothing is compared. */
  suspicion: z.enum(["quarantine", "warn", "off"]).default("quarantine"),
  /** The share of batches like those before that may stand out by chance. */
  alpha: z.number().gt(0).max(0.2).default(0.01),
  /** With fewer rows in the batch, or before it, nothing is said. */
  minRows: z.number().int().min(20).default(50),
  /** How much a column's distribution may change: population stability index. */
  maxPsi: z.number().gt(0).default(0.25),
  /** Which share of rows may be missing, new, out of range or judged wrong by the champion beyond what was so before. */
  maxShare: z.number().gt(0).lt(1).default(0.05),
  /** How much has to be left of the relation of labels to features. */
  minFit: z.number().gt(0).lt(1).default(0.8),
});
export type SuspicionPolicy = Readonly<z.infer<typeof suspicionPolicySchema>>;

/** What is so where nothing else is said. */
export const usualPolicy: SuspicionPolicy = suspicionPolicySchema.parse({});
