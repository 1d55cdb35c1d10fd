import { z } from "zod";

const count = z.number().int().min(0);

/** A number of each model; the champion's is null where there is none. */
const ofBoth = <Of extends z.ZodType>(of: Of) => z.object({ challenger: of, champion: of.nullable() });

const classMeasures = z.object({
  /** Of the rows that are said to be of the class, the share that is. */
  precision: z.number(),
  /** Of the rows of the class, the share that is said to be. */
  recall: z.number(),
  f1: z.number(),
});
export type ClassMeasures = Readonly<z.infer<typeof classMeasures>>;

/** Rows by what they are, then by what they are said to be. */
const matrix = z.array(z.array(count));

const calibrationBin = z.object({
  /** The probability of the class that is said, from and to. */
  from: z.number(),
  to: z.number(),
  rows: count,
  /** Its mean. */
  said: z.number(),
  /** The share of rows on which the class that is said is right. */
  right: z.number(),
});
export type CalibrationBin = Readonly<z.infer<typeof calibrationBin>>;

/** What is said of the label minus the label: by quantiles, and how many rows in equal steps from `from` to `to`. */
const errors = z.object({
  quantiles: z.array(z.object({ share: z.number(), error: z.number() })),
  histogram: z.object({ from: z.number(), to: z.number(), rows: z.array(count) }),
});
export type ErrorSpread = Readonly<z.infer<typeof errors>>;

const worstRow = z.object({
  /** Its place among the rows that judged, from 0. */
  row: count,
  /** Its fields by column, of many columns the first. */
  values: z.record(z.string(), z.string()),
  label: z.string(),
  challenger: z.string(),
  champion: z.string().nullable(),
  /** The challenger's loss: the negative logarithm of the label's probability, or the squared error. */
  loss: z.number(),
});

/** What a person looks at beside the numbers that decide. */
export const verdictDetails = z.object({
  classes: z.array(z.object({ name: z.string(), rows: count, ...ofBoth(classMeasures).shape })).optional(),
  confusion: ofBoth(matrix).optional(),
  calibration: ofBoth(z.array(calibrationBin)).optional(),
  errors: ofBoth(errors).optional(),
  worst: z.array(worstRow),
});
export type VerdictDetails = Readonly<z.infer<typeof verdictDetails>>;

export const exampleDetails: VerdictDetails = {
  classes: [
    {
      name: "even",
      rows: 306,
      challenger: { precision: 0.97, recall: 0.96, f1: 0.965 },
      champion: { precision: 0.94, recall: 0.93, f1: 0.935 },
    },
  ],
  confusion: {
    challenger: [
      [294, 12],
      [6, 300],
    ],
    champion: [
      [285, 21],
      [15, 291],
    ],
  },
  calibration: { challenger: [{ from: 0.9, to: 1, rows: 512, said: 0.97, right: 0.96 }], champion: null },
  errors: {
    challenger: { quantiles: [{ share: 0.5, error: 0.1 }], histogram: { from: -1, to: 1, rows: [3, 600, 9] } },
    champion: null,
  },
  worst: [{ row: 17, values: { pixel301: "212" }, label: "odd", challenger: "even", champion: "odd", loss: 6.2 }],
};
