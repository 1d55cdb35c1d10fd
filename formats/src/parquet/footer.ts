import { type FileMetaData, parquetMetadata } from "hyparquet";
import { FileFault } from "../file-fault.ts";
import type { RandomAccess } from "./spool.ts";
import { wordsOf } from "./words.ts";

/** In bytes: the largest footer that is read. */
const largestFooter = 64 * 1024 ** 2;

/** Statistics are of no use here, and a damaged one is no reason to refuse data. */
const parsers = {
  timestampFromMilliseconds: () => undefined,
  timestampFromMicroseconds: () => undefined,
  timestampFromNanoseconds: () => undefined,
  dateFromDays: () => undefined,
  stringFromBytes: () => undefined,
};

const cutOff = () => new FileFault("malformed", "a Parquet file that does not end as one; drop it again whole");

/**
 * Reads what a Parquet file says of itself.
 * @throws {FileFault} when it is cut off, damaged or too large.
 */
export async function readFooter(file: RandomAccess): Promise<FileMetaData> {
  const tail = await file.read(Math.max(file.bytes - 8, 0), 8);
  const ending = Buffer.from(tail).toString("latin1", 4);
  if (ending === "PARE")
    throw new FileFault(
      "malformed",
      "an encrypted Parquet file, of which nobody has the key here; write it without encryption",
    );
  if (tail.length < 8 || file.bytes < 12 || ending !== "PAR1") throw cutOff();
  const length = new DataView(tail.buffer).getUint32(0, true) + 8;
  if (length > file.bytes) throw cutOff();
  if (length > largestFooter)
    throw new FileFault(
      "too-large",
      `its footer has ${length} bytes, and ${largestFooter} are read; write it with fewer row groups`,
    );
  try {
    return parquetMetadata(await file.read(file.bytes - length, length), {
      geoparquet: false,
      parsers: parsers as never,
    });
  } catch (error) {
    throw new FileFault("malformed", `the footer of the Parquet file is damaged${wordsOf(error)}; write it again`);
  }
}
