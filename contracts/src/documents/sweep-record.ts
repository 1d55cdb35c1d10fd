import { z } from "zod";
import { defineDocument } from "../document.ts";

/**
 * Which period a sweep was made for last: `_sweeps/<name>.json` in a container of the service that sweeps. Whoever moves it on
 * sweeps, whatever the number of instances.
 */
export const sweepRecord = defineDocument({
  name: "sweep record",
  description: "Which period a sweep was made for last.",
  schema: z.object({
    /** The beginning of the period. */
    period: z.iso.datetime(),
  }),
  example: { period: "2026-11-23T09:05:00.000Z" },
});
