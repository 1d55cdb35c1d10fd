import { z } from "zod";

/** What the page asks to be done with dead letters. */
export const operationRequest = z.strictObject({
  action: z.enum(["replay", "send-elsewhere", "edit", "archive", "restore", "purge"]),
  filter: z.strictObject({
    ids: z.array(z.string()).optional(),
    group: z.string().optional(),
    place: z.string().optional(),
    type: z.string().optional(),
    model: z.string().optional(),
    run: z.string().optional(),
    error: z.string().optional(),
    text: z.string().optional(),
    since: z.string().optional(),
    until: z.string().optional(),
  }),
  reason: z.string(),
  rate: z.number().positive().optional(),
  to: z.string().optional(),
  data: z.unknown().optional(),
  confirmation: z.string().optional(),
});
export type OperationRequest = z.infer<typeof operationRequest>;

/** What the page asks of a model: why, and of what. */
export const modelRequest = z.strictObject({
  reason: z.string(),
  version: z.string().optional(),
  batch: z.string().optional(),
});
export type ModelRequest = z.infer<typeof modelRequest>;

/** An edit that is only to be looked at. */
export const editRequest = z.strictObject({ id: z.string(), data: z.unknown() });
