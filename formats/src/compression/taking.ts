/** A file taken chunk by chunk, of which what was not used can be given back. */
export interface Taking {
  /** The next bytes, at least one; undefined at the end. */
  next(): Promise<Buffer | undefined>;
  /** Whether there is more. */
  more(): Promise<boolean>;
  /** The last bytes that were taken, or their end: they come again. */
  giveBack(bytes: Buffer): void;
  /** Lets go of the file, read to its end or not. */
  close(): Promise<void>;
}

export function takingFrom(chunks: AsyncIterable<Buffer>): Taking {
  const source = chunks[Symbol.asyncIterator]();
  let back: Buffer = Buffer.alloc(0);
  let ended = false;
  async function next(): Promise<Buffer | undefined> {
    const given = back;
    back = Buffer.alloc(0);
    if (given.length > 0) return given;
    while (!ended) {
      const { done, value } = await source.next();
      if (done) ended = true;
      else if (value.length > 0) return value;
    }
    return undefined;
  }
  return {
    next,
    async more() {
      back = (await next()) ?? back;
      return back.length > 0;
    },
    giveBack(bytes) {
      back = bytes;
    },
    async close() {
      if (!ended) await source.return?.();
    },
  };
}
