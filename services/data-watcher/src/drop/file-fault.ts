import type { RefusalCode } from "@ratchet/contracts";

/** Where in a file something is wrong. */
export interface Place {
  /** 1-based line of the file, the header being line 1. */
  readonly row?: number;
  /** Name of the column. */
  readonly column?: string;
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

/** The reason of a refusal: a sentence that names file, row and column. */
export function reasonOf(file: string, { message, place: { row, column } }: FileFault): string {
  const where = [file, row === undefined ? "" : `line ${row}`, column === undefined ? "" : `column ${column}`];
  return `${where.filter(Boolean).join(", ")}: ${message}`;
}
