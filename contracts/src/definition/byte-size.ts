import { z } from "zod";

const units = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** A size as people write it, `512MiB`, `1.5GiB`, in bytes; undefined where it is not one. */
function parseByteSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(KiB|MiB|GiB)$/.exec(text);
  if (!match) return undefined;
  return Math.round(Number(match[1]) * units[match[2] as keyof typeof units]);
}

/** A schema for sizes such as `512MiB`; its output is bytes. */
export const byteSize = z
  .string()
  .refine((text) => parseByteSize(text) !== undefined, "must be a size such as 512MiB or 2GiB")
  .transform((text) => parseByteSize(text) ?? 0);
