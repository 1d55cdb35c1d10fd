import { z } from "zod";

/** What becomes of a batch that stands out from those before it. */
export const suspicion = z
  .enum(["quarantine", "warn", "off"])
  .default("warn")
  .describe(
    "What becomes of a batch that stands out from those before it. quarantine: it is kept and not used until somebody admits it; warn: it is used, and said; off: nothing is compared.",
  );

const inside = (most: number, message: string) => z.number(message).gt(0, message).lt(most, message);

/** From when on a batch stands out. */
export const suspicionThresholds = z
  .strictObject({
    alpha: inside(0.2, "must be a share above 0 and below 0.2, e.g. 0.01")
      .default(0.01)
      .describe("The share of batches like those before that may stand out by chance."),
    minRows: z
      .int("must be a whole number from 20")
      .min(20, "must be a whole number from 20")
      .default(50)
      .describe("With fewer rows in the batch, or before it, nothing is said."),
    maxPsi: z
      .number("must be a number above 0, e.g. 0.25")
      .gt(0, "must be a number above 0, e.g. 0.25")
      .default(0.25)
      .describe("How much a column's distribution may change: population stability index."),
    maxShare: inside(1, "must be a share above 0 and below 1, e.g. 0.05")
      .default(0.05)
      .describe(
        "Which share of rows may be missing, new, out of range or judged wrong by the champion beyond what was so before.",
      ),
    minFit: inside(1, "must be a share above 0 and below 1, e.g. 0.8")
      .default(0.8)
      .describe("How much has to be left of the relation of labels to features."),
  })
  .prefault({})
  .describe("From when on a batch stands out from those before it.");

/** What becomes of a batch that stands out, and from when on one does. */
export type SuspicionPolicy = Readonly<z.infer<typeof suspicionThresholds>> & {
  readonly suspicion: z.infer<typeof suspicion>;
};

/** What a definition's part `data` says of it. */
export const suspicionPolicyOf = (data: {
  readonly suspicion: SuspicionPolicy["suspicion"];
  readonly suspicionThresholds: Readonly<z.infer<typeof suspicionThresholds>>;
}): SuspicionPolicy => ({ suspicion: data.suspicion, ...data.suspicionThresholds });

/** What is so where a definition says nothing. */
export const usualSuspicionPolicy: SuspicionPolicy = suspicionPolicyOf({
  suspicion: suspicion.parse(undefined),
  suspicionThresholds: suspicionThresholds.parse(undefined),
});
