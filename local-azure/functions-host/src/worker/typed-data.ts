import type { TypedData } from "./core-types.ts";

/**
 * A string[] on its way to the worker. The real host leaves empty entries out, which shifts the
 * rest, unless the app sets the capability `IncludeEmptyEntriesInMessagePayload`.
 */
export function collectionString(values: readonly string[], keepEmpty: boolean): TypedData {
  return { collectionString: { string: keepEmpty ? values : values.filter((value) => value !== "") } };
}

/** A UTC DateTime without kind, as Newtonsoft writes it: no zone, no trailing zeros. */
export function dotnetDate(date: Date): string {
  return date.toISOString().replace(/\.?0*Z$/, "");
}

/** A DateTimeOffset in UTC, as Newtonsoft writes it. */
export function dotnetDateOffset(date: Date): string {
  return `${dotnetDate(date)}+00:00`;
}

/** A dictionary's values as .NET would serialise them: dates as texts, bytes in base64. */
export function jsonOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (value instanceof Date) return [name, `${dotnetDate(value)}Z`];
      if (value instanceof Uint8Array) return [name, Buffer.from(value).toString("base64")];
      return [name, value];
    }),
  );
}
