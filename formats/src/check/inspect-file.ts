import { createHash } from "node:crypto";
import type { Definition } from "@ratchet/contracts";
import { FileFault } from "../file-fault.ts";
import { fileRows } from "./file-rows.ts";

/** What is known of a file that is fit to be admitted. */
export interface Inspection {
  readonly contentSha256: string;
  readonly bytes: number;
  readonly rows: { readonly train: number; readonly holdout: number };
}

/** @throws {FileFault} when a file is empty or larger than the definition allows: it need not be read to know that. */
export function checkSize(bytes: number, { maxBytes }: Pick<Definition["data"], "maxBytes">): void {
  if (bytes === 0) throw new FileFault("empty-file", "the file is empty; drop it again with rows in it");
  if (bytes > maxBytes)
    throw new FileFault(
      "too-large",
      `${bytes} bytes, and data.maxBytes allows ${maxBytes}; drop it in smaller files or raise the limit`,
    );
}

/**
 * Reads a file through once: every field against the schema, the content's digest, and how its rows would be split.
 * @throws {FileFault} when anything is wrong: at the first such thing.
 */
export async function inspectFile(
  chunks: AsyncIterable<Buffer>,
  definition: Pick<Definition, "task" | "data">,
  name?: string,
): Promise<Inspection> {
  const hash = createHash("sha256");
  let bytes = 0;
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  const rows = { train: 0, holdout: 0 };
  for await (const some of fileRows(hashed(), definition, name)) for (const { side } of some) rows[side] += 1;
  if (rows.train + rows.holdout === 0)
    throw new FileFault("empty-file", "the file has no rows; drop it again with some");
  return { contentSha256: hash.digest("hex"), bytes, rows };
}
