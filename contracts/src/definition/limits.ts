import { z } from "zod";
import { byteSize } from "./byte-size.ts";
import { duration } from "./duration.ts";

/** What a challenger may cost beside its quality. */
export interface CostLimit {
  /** At most so many times what the champion costs. */
  readonly times?: number | undefined;
  /** At most so much: milliseconds, bytes, or the index itself. */
  readonly max?: number | undefined;
}

const times = z.number().positive();

/** A limit as people write it: `1.5`, or `{ times: 1.5, max: 20ms }`. */
const limit = (most: z.ZodType<number>) =>
  z
    .union([
      times.transform((number) => ({ times: number })),
      z
        .strictObject({ times: times.optional(), max: most.optional() })
        .refine(
          (written) => written.times !== undefined || written.max !== undefined,
          "a limit needs times, max or both",
        ),
    ])
    .optional();

/** What is limited beside quality, in the order in which it is told. */
export const limitNames = ["latency", "memory", "size", "drift"] as const;
export type LimitName = (typeof limitNames)[number];

export const limits = z.strictObject({
  latency: limit(duration).describe(
    "The 95th percentile of one row's time, both models measured in turns in one process: 1.5 is at most 1.5 times the champion's, { max: 20ms } at most so long. Refused is what is shown to be beyond it.",
  ),
  memory: limit(byteSize).describe("The most memory that scoring the held-out rows with the model took."),
  size: limit(byteSize).describe("The model's file."),
  drift: z
    .number()
    .positive()
    .transform((max) => ({ max }))
    .optional()
    .describe(
      "By how much the challenger's predictions may be spread otherwise than the champion's, as a population stability index: 0.1 is little, 0.25 is much.",
    ),
});
