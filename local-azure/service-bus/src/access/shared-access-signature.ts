import { createHmac, timingSafeEqual } from "node:crypto";
import { UnauthorizedError } from "../errors.ts";

/** A token made from a key: `SharedAccessSignature sr=…&sig=…&se=…&skn=…`. */
interface SharedAccessSignature {
  /** The resource as the signature covers it: still URL-encoded. */
  readonly encodedResource: string;
  readonly resource: string;
  readonly signature: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly expiry: string;
  readonly keyName: string;
}

const scheme = "SharedAccessSignature ";

/**
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas
 * @throws {UnauthorizedError} when the token is no such signature, lacks a field or is badly encoded.
 */
export function parseSharedAccessSignature(token: string): SharedAccessSignature {
  if (!token.startsWith(scheme)) throw new UnauthorizedError(`The token does not begin with '${scheme.trim()}'.`);
  const fields = new Map(
    token
      .slice(scheme.length)
      .split("&")
      .map((field) => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)] as const),
  );
  const field = (name: string) => {
    const value = fields.get(name);
    if (!value) throw new UnauthorizedError(`The token has no '${name}' field.`);
    return value;
  };
  const expiry = field("se");
  return {
    encodedResource: field("sr"),
    resource: decode(field("sr")),
    signature: decode(field("sig")),
    expiresAt: Number(expiry) * 1000,
    expiry,
    keyName: decode(field("skn")),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UnauthorizedError(`The token's '${text}' is not a valid URL encoding.`);
  }
}

export function isSignedWith(token: SharedAccessSignature, key: string): boolean {
  const expected = createHmac("sha256", key).update(`${token.encodedResource}\n${token.expiry}`).digest();
  return isSame(Buffer.from(token.signature, "base64"), expected);
}

/** Compares secrets in a time that tells nothing about where they differ. */
export function isSame(given: string | Buffer, expected: string | Buffer): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
