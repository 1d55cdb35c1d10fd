import type { RowIdentity } from "@ratchet/contracts";
import { mergeRowIndexes } from "../index/merge-row-indexes.ts";
import { recordBytes, recordFields, rowOf } from "../index/row-record.ts";
import type { StoredIndex } from "../index/stored-index.ts";
import { rowIndexWriter } from "../index/write-row-index.ts";

/** Bytes in pieces of a size. */
async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A row of a batch's file, as it is indexed. */
export interface TestRow extends RowIdentity {
  readonly held: boolean;
}

/** The bytes of a batch's own index. */
export function indexOf(rows: readonly TestRow[], perSegment: number): Buffer {
  const writer = rowIndexWriter(perSegment);
  const segments = [...rows.map((row) => writer.add(row, row.held)), writer.end()];
  return Buffer.concat(segments.filter((segment) => segment !== undefined));
}

/** An index that is kept in memory, read some bytes at a time. */
export const inMemory = <Batch extends { readonly rows: number }>(
  bytes: Buffer,
  batches: readonly Batch[],
  { name = "test", sortedRecords = Number.POSITIVE_INFINITY, chunk = 64 * 1024 } = {},
): StoredIndex & { readonly batches: readonly Batch[] } => ({
  name,
  batches,
  sortedRecords,
  read: (from, to) => chunked(bytes.subarray(from, to), chunk),
});

export async function merged(indexes: readonly StoredIndex[], recordsPerChunk?: number): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(mergeRowIndexes(indexes, recordsPerChunk)));
}

/** The records of an index, as they follow each other. */
export const recordsOf = (bytes: Buffer): readonly (TestRow & { readonly batch: number; readonly row: number })[] =>
  Array.from({ length: bytes.length / recordBytes }, (_, record) => {
    const at = record * recordBytes;
    const row = bytes.readUInt32BE(at + recordFields.row);
    return {
      unit: [bytes.readUInt32BE(at + recordFields.high), bytes.readUInt32BE(at + recordFields.low)],
      batch: bytes.readUInt32BE(at + recordFields.batch),
      row: rowOf(row),
      held: row !== rowOf(row),
      label: bytes.readUInt32BE(at + recordFields.label),
      place: bytes.readDoubleBE(at + recordFields.place),
    };
  });
