import { promisify } from "node:util";
import { constants, gunzip, gzip, inflate, zstdCompress, zstdDecompress } from "node:zlib";
import { badRequest, InferenceError, tooLarge } from "../protocol/errors.ts";
import type { Answer, Incoming } from "./exchange.ts";

const inflated = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  zstd: promisify(zstdDecompress),
} as const;

type Encoding = keyof typeof inflated;

const isEncoding = (name: string): name is Encoding => Object.hasOwn(inflated, name);
const accepted = "gzip, deflate, zstd, identity";

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

/**
 * The body of a request as it was before its client compressed it.
 * @param most how many bytes it may come to.
 * @throws {InferenceError} when it is compressed otherwise than this server can undo (415), is not what it says (400), or comes
 * to too much (413).
 */
export async function inflateBody(request: Incoming, body: Uint8Array, most: number): Promise<Uint8Array> {
  const encoding = (request.header("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return body;
  if (!isEncoding(encoding))
    throw new InferenceError(415, `Content-Encoding is ${JSON.stringify(encoding)}; this server takes ${accepted}`, {
      "Accept-Encoding": accepted,
    });
  try {
    // By themselves they end after the first member or frame, and what follows may be lost without a word.
    return await inflated[encoding](body, { maxOutputLength: most, rejectGarbageAfterEnd: true });
  } catch (error) {
    if (codeOf(error) === "ERR_BUFFER_TOO_LARGE")
      throw tooLarge(`the body is more than ${most} bytes when inflated; send several requests`);
    throw badRequest(`the body is not ${encoding}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Below that, compressing costs more than it spares. */
const worthCompressing = 16_384;

const deflated = {
  zstd: (body: Uint8Array) => promisify(zstdCompress)(body),
  gzip: (body: Uint8Array) => promisify(gzip)(body, { level: constants.Z_BEST_SPEED }),
} as const;

/** The first of ours that the client takes; an encoding with `q=0` it does not. */
function chosen(header: string): keyof typeof deflated | undefined {
  const named = new Set(
    header
      .toLowerCase()
      .split(",")
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(";")[0]?.trim()),
  );
  return (["zstd", "gzip"] as const).find((encoding) => named.has(encoding));
}

/** An answer compressed, where its client takes that and it is worth it. */
export async function deflateAnswer(request: Incoming, answer: Answer): Promise<Answer> {
  const header = request.header("accept-encoding");
  if (header === undefined || answer.body.length < worthCompressing) return answer;
  const encoding = chosen(header);
  if (encoding === undefined) return answer;
  const { body } = answer;
  const bytes = await deflated[encoding](typeof body === "string" ? Buffer.from(body) : body);
  return {
    ...answer,
    body: bytes,
    headers: { ...answer.headers, "Content-Encoding": encoding, Vary: "Accept-Encoding" },
  };
}
