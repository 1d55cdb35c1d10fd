/** Names the fields of the records that follow: before the first record, and again wherever the names change. */
export interface Header {
  /** 1-based line of the file. */
  readonly line: number;
  readonly names: readonly string[];
  /** What may be wrong with the file where the names are not the schema's, as the format can see it. */
  readonly hint?: string | undefined;
}

/** One record, before anything is known of the schema. */
export interface FileRecord {
  /** 1-based line of the file on which the record begins. */
  readonly line: number;
  /** As text, in the order of the header before it. */
  readonly fields: readonly string[];
}

/** What a file is made of, whatever its format. */
export type Part = Header | FileRecord;

/**
 * Reads a file of one input format: all in which one format differs from another. Parts come some at a time, so that
 * memory does not grow with the file, and each is only read when it is asked for, so that the first fault is told first.
 * @param longestRecord in characters: what a record left open may gather before it is a fault.
 * @throws {FileFault} when anything is not as the format wants it: at the first such thing.
 */
export type RecordReader = (chunks: AsyncIterable<Buffer>, longestRecord: number) => AsyncIterable<Iterable<Part>>;
