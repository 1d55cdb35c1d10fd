import { z } from "zod";

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration as people write it, `90s`, `15m`, `7d`, in milliseconds; undefined where it is not one. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * milliseconds[match[2] as keyof typeof milliseconds];
}

/** A duration in milliseconds as ISO 8601, as Azure Resource Manager wants it: `PT90S`. */
export const isoDuration = (duration: number): string => `PT${Math.max(1, Math.round(duration / 1000))}S`;

/** A schema for durations such as `60s`; its output is milliseconds. */
export const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, "must be a duration such as 30s, 15m, 12h or 7d")
  .transform((text) => parseDuration(text) ?? 0);
