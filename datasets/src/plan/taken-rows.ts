import { createHash } from "node:crypto";

/** Rows of one batch that are taken for one side. */
export interface TakenRows {
  readonly rows: number;
  /** A bit for each row of the batch's file, set where it is taken: row r is bit r mod 8, from the lowest, of byte r / 8. */
  readonly bitmap: Uint8Array;
  /** Names which rows are taken, whatever plan they come from: 16 hexadecimal digits. */
  readonly digest: string;
}

/** The bitmaps of many batches, each of them empty; of a batch, those of its `rows` rows. */
export function emptyBitmaps(batches: readonly { readonly rows: number }[]): readonly Uint8Array[] {
  const lengths = batches.map(({ rows }) => Math.ceil(rows / 8));
  const all = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let from = 0;
  return lengths.map((length) => {
    from += length;
    return all.subarray(from - length, from);
  });
}

export function takeRow(bitmap: Uint8Array | undefined, row: number): void {
  if (bitmap) bitmap[row >>> 3] = (bitmap[row >>> 3] ?? 0) | (1 << (row & 7));
}

/** Whether a row is taken. */
export const isTaken = (bitmap: Uint8Array, row: number): boolean =>
  (((bitmap[row >>> 3] ?? 0) >>> (row & 7)) & 1) === 1;

/** Whether any row is taken of those from one to before another. */
export function anyTaken(bitmap: Uint8Array, from: number, to: number): boolean {
  for (let row = from; row < to; row += 1) {
    // Eight rows at once where none of them is.
    if ((row & 7) === 0 && row + 8 <= to && bitmap[row >>> 3] === 0) row += 7;
    else if (isTaken(bitmap, row)) return true;
  }
  return false;
}

/** The digest of a bitmap over so many rows. */
export function digestOf(bitmap: Uint8Array, rows: number): string {
  const hash = createHash("sha256");
  hash.update(`${rows}\n`).update(bitmap);
  return hash.digest("hex").slice(0, 16);
}
