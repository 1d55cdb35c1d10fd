/** Follows the frames of a zstd file by their headers, without decompressing them. */
export interface ZstdFrames {
  push(chunk: Uint8Array): void;
  /** Whether the file may end here: at the end of a frame. */
  readonly complete: boolean;
}

const frameMagic = 0xfd2fb528;
const isSkippable = (magic: number): boolean => magic >= 0x184d2a50 && magic <= 0x184d2a5f;

/** What comes next: so many bytes that say what follows them, or that nobody looks at. */
interface Next {
  readonly bytes: number;
  /** Reads them, the first the least; undefined where they are passed over. */
  readonly read?: (value: number) => Next;
}

/**
 * Node before 24.20 takes a frame that is cut off for whole, without a word; and which Node runs is the platform's choice.
 * @see RFC 8878, section 3.1
 */
export function zstdFrames(): ZstdFrames {
  const magic: Next = {
    bytes: 4,
    read: (value) => (isSkippable(value) ? skipped : value === frameMagic ? descriptor : unknown),
  };
  /** What is no frame the decompressor refuses. */
  const unknown: Next = { bytes: Number.POSITIVE_INFINITY };
  const skipped: Next = { bytes: 4, read: (value) => ({ bytes: value }) };
  const descriptor: Next = {
    bytes: 1,
    read(value) {
      const single = (value >> 5) & 1;
      const contentSize = [single, 2, 4, 8][value >> 6] ?? 0;
      const dictionary = [0, 1, 2, 4][value & 3] ?? 0;
      hasChecksum = ((value >> 2) & 1) === 1;
      inFrame = true;
      return { bytes: 1 - single + dictionary + contentSize };
    },
  };
  const block: Next = {
    bytes: 3,
    read(value) {
      inFrame = (value & 1) === 0;
      const isRepeated = ((value >> 1) & 3) === 1;
      return { bytes: (isRepeated ? 1 : value >> 3) + (inFrame || !hasChecksum ? 0 : 4) };
    },
  };

  let [inFrame, hasChecksum] = [false, false];
  let next = magic;
  let [seen, value] = [0, 0];
  /** Goes on to where bytes are due. */
  function settle(): void {
    while (seen === next.bytes) {
      next = next.read ? next.read(value) : inFrame ? block : magic;
      [seen, value] = [0, 0];
    }
  }
  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; settle()) {
        const taken = next.read ? 1 : Math.min(next.bytes - seen, chunk.length - at);
        if (next.read) value += (chunk[at] ?? 0) * 2 ** (8 * seen);
        seen += taken;
        at += taken;
      }
    },
    get complete() {
      return next === magic && seen === 0;
    },
  };
}
