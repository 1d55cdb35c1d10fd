import type { IncomingMessage } from "node:http";

/** A request cannot be read as it stands: its address or an encoding in it is none. */
export class BadRequestError extends Error {
  override readonly name = "BadRequestError";
  readonly status = 400;
}

/**
 * The address that a request asks for. Its host is of no meaning: a server here knows what it is called.
 * @throws {BadRequestError} when what stands in the request line is no address.
 */
export function requestUrl({ url = "/" }: Pick<IncomingMessage, "url">): URL {
  try {
    // Joined as text: resolved against a base, a path that begins with two slashes would be taken for a host.
    return url.startsWith("/") ? new URL(`http://localhost${url}`) : new URL(url);
  } catch {
    throw new BadRequestError(`'${url}' is not the address of anything.`);
  }
}

/**
 * A part of a path, or of another text in which some characters are percent-encoded, as it was meant.
 * @throws {BadRequestError} when it is not valid percent-encoding.
 */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BadRequestError(`'${text}' is not valid percent-encoding.`);
  }
}
