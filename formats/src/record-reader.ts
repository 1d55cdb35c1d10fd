/** Names the fields of the records that follow: before the first record, and again wherever the names change. */
export interface Header {
  /** 1-based line of the file; undefined where the names stand on none. */
  readonly line?: number | undefined;
  readonly names: readonly string[];
  /** What may be wrong with the file where the names are not the schema's, as the format can see it. */
  readonly hint?: string | undefined;
}

/** One record, before anything is known of the schema. */
export interface FileRecord {
  /** 1-based line of the file on which the record begins; its row where the format has no lines. */
  readonly line: number;
  /** 1-based row group, where the format has them. */
  readonly rowGroup?: number | undefined;
  /** As text, in the order of the header before it; empty where there is no value. */
  readonly fields: readonly string[];
}

/** What a file is made of, whatever its format. */
export type Part = Header | FileRecord;

/** What a reader is told. */
export interface ReadLimits {
  /** In characters: what a record left open may gather before it is a fault. */
  readonly longestRecord: number;
  /** In bytes: how large the data may be, whatever the file makes of it by compression. */
  readonly maxBytes: number;
  /** The columns that are wanted; where they are not known, the file's own are given. */
  readonly columns?: readonly string[] | undefined;
}

/**
 * Reads a file of one format: all in which one format differs from another. Parts come some at a time, so that
 * memory does not grow with the file, and each is only read when it is asked for, so that the first fault is told first.
 * @throws {FileFault} when anything is not as the format wants it: at the first such thing.
 */
export type RecordReader = (chunks: AsyncIterable<Buffer>, limits: ReadLimits) => AsyncIterable<Iterable<Part>>;
