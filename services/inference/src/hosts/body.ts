import type { IncomingMessage } from "node:http";
import { badRequest, tooLarge } from "../protocol/errors.ts";

/**
 * Reads a body from the network, and no more of it than is taken.
 * @throws {InferenceError} when it has more than `most` bytes (413), or ends before it is whole (400).
 */
export function readBody(request: IncomingMessage, most: number): Promise<Uint8Array> {
  const refusal = () => tooLarge(`the body has more than ${most} bytes; send several requests`);
  if (Number(request.headers["content-length"] ?? 0) > most) return Promise.reject(refusal());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
      else {
        chunks.length = 0;
        request.pause();
        reject(refusal());
      }
    });
    request.on("end", () => {
      const [first] = chunks;
      resolve(first && chunks.length === 1 ? first : Buffer.concat(chunks));
    });
    request.on("error", () => reject(badRequest("the body ended before it was whole")));
    request.on("close", () => {
      if (!request.complete) reject(badRequest("the client closed the connection before its request was whole"));
    });
  });
}
