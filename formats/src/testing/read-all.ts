import { openRecords } from "../open-records.ts";
import type { FileRecord, Header } from "../record-reader.ts";

/** All that a file holds. */
export interface Whole {
  readonly format: string;
  readonly compression: string | undefined;
  readonly header: Header | undefined;
  readonly records: readonly FileRecord[];
}

/** Reads a file through. @throws {FileFault} when it has one. */
export async function readAll(
  chunks: AsyncIterable<Buffer>,
  limits: Partial<Parameters<typeof openRecords>[1]> = {},
): Promise<Whole> {
  const options = { format: "any", maxBytes: 100_000_000, longestRecord: 1_000_000, ...limits } as const;
  const { format, compression, parts } = await openRecords(chunks, options);
  let header: Header | undefined;
  const records: FileRecord[] = [];
  for await (const some of parts)
    for (const part of some)
      if ("names" in part) header = part;
      else records.push(part);
  return { format, compression, header, records };
}
