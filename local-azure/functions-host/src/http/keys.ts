import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The secrets of a function app. `authLevel: function` and `admin` ask for one of them. */
export interface HostKeys {
  readonly master: string;
  /** Open every function. */
  readonly functionKeys: Readonly<Record<string, string>>;
  /** Open the webhooks of an extension: `eventgrid_extension`. */
  readonly systemKeys: Readonly<Record<string, string>>;
}

export type AuthorizationLevel = "anonymous" | "function" | "admin" | "system";

/** New random keys, as a new function app has them. */
export function createHostKeys(): HostKeys {
  const key = (): string => randomBytes(40).toString("base64url");
  return { master: key(), functionKeys: { default: key() }, systemKeys: { eventgrid_extension: key() } };
}

/** Whether a request holds a key for the level, in the header `x-functions-key` or the query's `code`. */
export function isAuthorized(
  level: AuthorizationLevel,
  keys: HostKeys,
  request: IncomingMessage,
  query: URLSearchParams,
): boolean {
  if (level === "anonymous") return true;
  const header = request.headers["x-functions-key"];
  const given = typeof header === "string" ? header : query.get("code");
  if (!given) return false;
  return keysFor(level, keys).some((key) => sameSecret(key, given));
}

function keysFor(level: AuthorizationLevel, keys: HostKeys): string[] {
  if (level === "function") return [keys.master, ...Object.values(keys.functionKeys)];
  if (level === "system") return [keys.master, ...Object.values(keys.systemKeys)];
  return [keys.master];
}

function sameSecret(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
