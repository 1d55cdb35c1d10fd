import { z } from "zod";

const identifier = (what: string, pattern: RegExp, rule: string) =>
  z.string().regex(pattern, `${what} must be ${rule}`);

/** A model's name: also a blob prefix, a Service Bus session id and part of an Azure ML job name. */
export const modelName = identifier(
  "a model's name",
  /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
  "2 to 40 lower-case letters, digits and hyphens, starting with a letter",
);
export const batchId = identifier("a batch id", /^[0-9a-f]{16}$/, "16 hexadecimal digits");
export const runId = identifier("a run id", /^[a-z][a-z0-9-]{1,62}$/, "a model's name, a hyphen and a hash");
export const modelVersion = identifier(
  "a model version",
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  "1 to 64 letters, digits, dots, underscores and hyphens",
);
export const sha256 = identifier("a digest", /^[0-9a-f]{64}$/, "64 hexadecimal digits");
/**
 * A word of which later versions may know more: readers take any, so that a new one breaks nobody.
 * @param known the words that are written today.
 */
export const openWord = (known: readonly string[]) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, "a word must be lower-case letters, digits and hyphens")
    .meta({ examples: [...known] });
