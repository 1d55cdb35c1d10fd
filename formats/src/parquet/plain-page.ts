import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { PageHeader } from "hyparquet";
import { snappyUncompress } from "hyparquet/src/snappy.js";
import { decompressLz4, decompressLz4Raw } from "hyparquet-compressors";

type Decompress = (input: Uint8Array, length: number) => Uint8Array;

/** None gives more than the header promises, which is bounded: what is damaged or hostile fails. */
const codecs: Readonly<Record<string, Decompress>> = {
  UNCOMPRESSED: (input) => input,
  SNAPPY: (input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: length }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: length }),
  ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: length }),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

/** The bytes of a page that is not compressed, and the header that such a page has. */
export interface PlainPage {
  readonly header: PageHeader;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** @throws {Error} when the bytes are not what codec and header say. */
export function plainPage(header: PageHeader, compressed: Uint8Array, codec: string): PlainPage {
  const decompress = codecs[codec];
  if (!decompress) throw new Error(`the codec ${codec} is not known`);
  const v2 = header.data_page_header_v2;
  // In pages of version 2 the levels stand before the data and are never compressed.
  const levels = v2 ? v2.repetition_levels_byte_length + v2.definition_levels_byte_length : 0;
  const length = header.uncompressed_page_size - levels;
  if (!(length >= 0 && levels >= 0 && levels <= compressed.length))
    throw new Error("the page is shorter than its header says");
  const rest = compressed.subarray(levels);
  const isPlain = v2?.is_compressed === false || length === 0;
  const data = isPlain ? rest.subarray(0, length) : decompress(rest, length);
  if (data.length !== length) throw new Error(`the page holds ${data.length} bytes where its header says ${length}`);
  // Bytes of its own: the library makes views by lengths that stand in the page, and must not reach beyond it.
  const bytes = new Uint8Array(levels + length);
  bytes.set(compressed.subarray(0, levels));
  bytes.set(data, levels);
  return {
    header: {
      ...header,
      compressed_page_size: bytes.length,
      ...(v2 ? { data_page_header_v2: { ...v2, is_compressed: false } } : {}),
    },
    bytes,
  };
}

/**
 * A page of which no value is missing, without the levels that say so: the library takes it for one of a required column, and
 * spares itself a level for each value.
 * @param at where the values begin.
 */
export function withoutLevels({ header, bytes }: PlainPage, at: number): PlainPage {
  const v2 = header.data_page_header_v2;
  const length = bytes.length - at;
  return {
    header: {
      ...header,
      compressed_page_size: length,
      uncompressed_page_size: length,
      ...(v2
        ? { data_page_header_v2: { ...v2, repetition_levels_byte_length: 0, definition_levels_byte_length: 0 } }
        : {}),
    },
    bytes: bytes.slice(at),
  };
}
