import { PermanentError } from "@ratchet/messaging";

/**
 * Puts zips together without unpacking them: the entries of one, compressed as they are, then those of the other.
 * A release of 45 MB becomes a package in milliseconds, and its bytes follow from its parts alone. No zip library does
 * this: fflate, which makes and opens zips elsewhere, would unpack ONNX Runtime and compress it again for every release,
 * to bytes that change with the library's version; yauzl only reads.
 * Format: APPNOTE.TXT 6.3, sections 4.3.12 (central directory) and 4.3.16 (its end).
 */

/** A file that should be a zip is none, or one of a kind that nobody here makes. */
export class UnreadableZipError extends PermanentError {
  override readonly name = "UnreadableZipError";
}

const endSignature = 0x06054b50;
const endBytes = 22;
const centralSignature = 0x02014b50;
const centralBytes = 46;

interface ZipParts {
  /** Entries with their contents. */
  readonly local: Buffer;
  /** The directory of them. */
  readonly central: readonly CentralEntry[];
}

interface CentralEntry {
  readonly name: string;
  readonly record: Buffer;
}

function findEnd(zip: Buffer, what: string): number {
  const earliest = Math.max(0, zip.length - endBytes - 0xffff);
  for (let at = zip.length - endBytes; at >= earliest; at -= 1) if (zip.readUInt32LE(at) === endSignature) return at;
  throw new UnreadableZipError(`${what} is not a zip: it has no central directory`);
}

function readZip(bytes: Uint8Array, what: string): ZipParts {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(zip, what);
  const count = zip.readUInt16LE(end + 10);
  const size = zip.readUInt32LE(end + 12);
  const start = zip.readUInt32LE(end + 16);
  if (count === 0xffff || start === 0xffffffff)
    throw new UnreadableZipError(`${what} is a zip64; a release has less than 4 GB and 65,535 files`);
  if (start + size > end) throw new UnreadableZipError(`${what} is a damaged zip: its directory lies outside of it`);
  const central: CentralEntry[] = [];
  let at = start;
  for (let index = 0; index < count; index += 1) {
    if (at + centralBytes > end || zip.readUInt32LE(at) !== centralSignature)
      throw new UnreadableZipError(`${what} is a damaged zip: entry ${index} of its directory is none`);
    const name = zip.readUInt16LE(at + 28);
    const length = centralBytes + name + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    const record = zip.subarray(at, at + length);
    central.push({ name: record.toString("utf8", centralBytes, centralBytes + name), record });
    at += length;
  }
  return { local: zip.subarray(0, start), central };
}

/** A directory record for an entry that lies `distance` bytes later. */
function moved({ record }: CentralEntry, distance: number): Buffer {
  const copy = Buffer.from(record);
  copy.writeUInt32LE(record.readUInt32LE(42) + distance, 42);
  return copy;
}

/**
 * Two zips as one.
 * @throws {UnreadableZipError} when one is no plain zip, or both have a file of the same name.
 */
export function concatZips(first: Uint8Array, second: Uint8Array): Buffer {
  const a = readZip(first, "the inference bundle");
  const b = readZip(second, "the model's part");
  const names = new Set(a.central.map(({ name }) => name));
  const twice = b.central.find(({ name }) => names.has(name));
  if (twice) throw new UnreadableZipError(`the inference bundle has a file ${twice.name}; that is the model's place`);
  const directory = Buffer.concat([
    ...a.central.map(({ record }) => record),
    ...b.central.map((entry) => moved(entry, a.local.length)),
  ]);
  const end = Buffer.alloc(endBytes);
  const count = a.central.length + b.central.length;
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(a.local.length + b.local.length, 16);
  return Buffer.concat([a.local, b.local, directory, end]);
}
