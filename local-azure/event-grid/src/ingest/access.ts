import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type AccessControl, MissingPermissionError } from "@local-azure/authorization";
import { decodePart } from "@local-azure/http";
import { PublishError } from "../errors.ts";

interface KeyedTopic {
  /** The topic's resource id. */
  readonly id: string;
  /** The topic's two keys, base64. */
  readonly keys: readonly string[];
}

/**
 * Lets a publisher in that shows one of the topic's keys (`aeg-sas-key`), a token signed with one of them
 * (`aeg-sas-token`, or `Authorization: SharedAccessSignature`), or a bearer token. Where roles decide, as on a topic whose
 * local authentication is disabled, tokens alone count.
 * @throws {PublishError} when the publisher is not believed (401), or lacks the role (403).
 * @throws {BadRequestError} when a signature is not valid percent-encoding.
 */
export function checkAccess(
  headers: IncomingHttpHeaders,
  topic: KeyedTopic,
  access: AccessControl | undefined,
  now: Date,
): void {
  const key = headers["aeg-sas-key"];
  const keys = access?.require ? [] : topic.keys;
  if (typeof key === "string") {
    if (keys.some((known) => isSame(key, known))) return;
    throw unauthorized("The value of aeg-sas-key is not one of the topic's keys.");
  }
  const [scheme, credential] = (headers.authorization ?? "").split(/\s+(.*)/s);
  const signature = headers["aeg-sas-token"] ?? (scheme === "SharedAccessSignature" ? credential : undefined);
  if (typeof signature === "string") {
    checkSignature(signature, keys, now);
    return;
  }
  if (scheme?.toLowerCase() !== "bearer" || !credential) {
    throw unauthorized("The request has none of aeg-sas-key, aeg-sas-token and Authorization: Bearer.");
  }
  try {
    const principal = access?.verifyToken(credential).oid;
    if (principal === undefined) return;
    access?.require?.(principal, { plane: "data", action: "Microsoft.EventGrid/events/send/action", scope: topic.id });
  } catch (error) {
    if (error instanceof MissingPermissionError) throw new PublishError(403, "Forbidden", error.message);
    throw unauthorized(error instanceof Error ? error.message : String(error));
  }
}

/** `r=<resource>&e=<expiry>&s=<signature of all before it>`, each value percent-encoded. */
function checkSignature(token: string, keys: readonly string[], now: Date): void {
  const [signed = "", encodedSignature = ""] = token.split("&s=");
  const signature = decodePart(encodedSignature);
  const genuine = keys.some((key) => {
    const expected = createHmac("sha256", Buffer.from(key, "base64")).update(signed, "utf8").digest("base64");
    return isSame(signature, expected);
  });
  if (!genuine) throw unauthorized("The shared access signature was not made with one of the topic's keys.");
  // Dates come as .NET writes them, in UTC without saying so.
  const expiry = new URLSearchParams(signed).get("e") ?? "";
  const expiresAt = Date.parse(/Z|UTC|GMT|[+-]\d\d:\d\d$/i.test(expiry) ? expiry : `${expiry} UTC`);
  if (!(now.getTime() < expiresAt)) throw unauthorized(`The shared access signature expired at ${expiry}.`);
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function unauthorized(message: string): PublishError {
  return new PublishError(401, "Unauthorized", message);
}
