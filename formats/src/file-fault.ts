import type { RefusalCode } from "@ratchet/contracts";

/** Where in a file something is wrong. */
export interface Place {
  /** 1-based: the line of a file of text, its header being line 1; the row of a Parquet file, which has no header. */
  readonly row?: number | undefined;
  /** 1-based row group of a Parquet file. */
  readonly rowGroup?: number | undefined;
  /** Name of the column. */
  readonly column?: string | undefined;
}

/** The first thing that is wrong with a file. Not a failure of the service: it ends in a refusal, not in a dead letter. */
export class FileFault extends Error {
  override readonly name = "FileFault";
  readonly code: RefusalCode;
  readonly place: Place;

  constructor(code: RefusalCode, message: string, place: Place = {}) {
    super(message);
    this.code = code;
    this.place = place;
  }
}

function rowText({ row, rowGroup }: Place): string {
  if (rowGroup === undefined) return row === undefined ? "" : `line ${row}`;
  return row === undefined ? `row group ${rowGroup}` : `row ${row} (row group ${rowGroup})`;
}

/** The reason of a refusal: a sentence that names file, row and column. */
export function reasonOf(file: string, { message, place }: FileFault): string {
  const where = [file, rowText(place), place.column === undefined ? "" : `column ${place.column}`];
  return `${where.filter(Boolean).join(", ")}: ${message}`;
}
