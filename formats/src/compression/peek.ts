import { takingFrom } from "./taking.ts";

/** The first bytes of a file, and all of it from the start again. */
interface Peeked {
  readonly head: Buffer;
  readonly chunks: AsyncIterable<Buffer>;
  /** Lets go of a file that is not read any further. */
  close(): Promise<void>;
}

/**
 * Looks at the start of a file before it is read.
 * @param enough whether these bytes are all that is wanted; the file may end before they are.
 */
export async function peek(chunks: AsyncIterable<Buffer>, enough: (head: Buffer) => boolean): Promise<Peeked> {
  const input = takingFrom(chunks);
  let head: Buffer = Buffer.alloc(0);
  while (!enough(head)) {
    const chunk = await input.next();
    if (!chunk) break;
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
  }
  input.giveBack(head);
  async function* all(): AsyncGenerator<Buffer> {
    try {
      for (let chunk = await input.next(); chunk; chunk = await input.next()) yield chunk;
    } finally {
      await input.close();
    }
  }
  return { head, chunks: all(), close: () => input.close() };
}
