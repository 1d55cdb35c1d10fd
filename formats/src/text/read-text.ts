import { FileFault } from "../file-fault.ts";
import { decodeText } from "./decode-text.ts";

/** Reads text that comes in pieces. */
export interface TextReading<Read> {
  /** What the text completes. */
  push(text: string): Iterable<Read>;
  /** What is left after the last text. */
  end(): Iterable<Read>;
  /** The 1-based line at which the reading stands. */
  readonly line: number;
}

/**
 * Reads a file of text in UTF-8, some at a time.
 * @throws {FileFault} when the file is no such text, after what stands before the place was read; and what `reading` throws.
 */
export async function* readText<Read>(
  chunks: AsyncIterable<Buffer>,
  reading: TextReading<Read>,
): AsyncGenerator<Iterable<Read>> {
  const decoding = decodeText();
  const check = (fault: string | undefined): void => {
    if (fault) throw new FileFault("malformed", fault, { row: reading.line });
  };
  for await (const chunk of chunks) {
    const { text, fault } = decoding.push(chunk);
    yield reading.push(text);
    check(fault);
  }
  check(decoding.end().fault);
  yield reading.end();
}
