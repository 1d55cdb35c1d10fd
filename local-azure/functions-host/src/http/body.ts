import type { IncomingMessage } from "node:http";

/** Azure's default limit of a request body (FUNCTIONS_REQUEST_BODY_SIZE_LIMIT): 100 MiB. */
export const defaultBodyLimitBytes = 104_857_600;

/** The request's body is larger than the host accepts. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

/**
 * Reads a whole request body; undefined if it is empty.
 * @throws {BodyTooLargeError} when the body has more than `limit` bytes.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const declared = Number(request.headers["content-length"] ?? Number.NaN);
  if (declared === 0 || (Number.isNaN(declared) && request.headers["transfer-encoding"] === undefined)) {
    return noBody;
  }
  if (declared > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) reject(tooLarge(limit));
      else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length > 1 ? Buffer.concat(chunks) : chunks[0]));
    request.on("error", reject);
    request.on("close", () => {
      // It closes after every request: an error made for nothing would cost more than reading the body.
      if (!request.complete) reject(new Error("The client closed the connection before its request was complete."));
    });
  });
}

const noBody: Promise<undefined> = Promise.resolve(undefined);

function tooLarge(limit: number): BodyTooLargeError {
  return new BodyTooLargeError(`The request body is larger than ${limit} bytes.`);
}
