import { z } from "zod";

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration as people write it, `90s`, `15m`, `7d`, in milliseconds; undefined where it is not one. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * milliseconds[match[2] as keyof typeof milliseconds];
}

const isoUnits = { D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;

/** An ISO 8601 duration of days, hours, minutes and seconds, such as `P7D` or `PT1H30M`, in milliseconds. */
export function parseIsoDuration(iso: string): number | undefined {
  const match = /^P(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/.exec(iso);
  if (!match || iso.endsWith("P") || iso.endsWith("T")) return undefined;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match;
  const { D, H, M, S } = isoUnits;
  return Number(days) * D + Number(hours) * H + Number(minutes) * M + Number(seconds) * S;
}

/** A duration in milliseconds as ISO 8601, as Azure Resource Manager wants it: `PT90S`. */
export const isoDuration = (duration: number): string => `PT${Math.max(1, Math.round(duration / 1000))}S`;

/** A schema for durations such as `60s`; its output is milliseconds. */
export const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, "must be a duration such as 30s, 15m, 12h or 7d")
  .transform((text) => parseDuration(text) ?? 0);
