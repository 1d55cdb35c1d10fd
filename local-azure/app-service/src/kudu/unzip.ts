import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { type Entry, open, type ZipFile } from "yauzl";

/** A package that cannot be unpacked; the message says why. */
export class PackageError extends Error {
  override readonly name = "PackageError";
}

/** What a package may come to when unpacked: a bound for archives made to fill a disk. */
const unpackedLimitBytes = 16 * 1024 ** 3;

const fileTypeMask = 0o170000;
const symbolicLinkType = 0o120000;
const directoryType = 0o040000;

/**
 * Unpacks a zip file, entry by entry, without holding more than a chunk in memory.
 * @returns the number of files
 * @throws {PackageError} when it is no zip file, is damaged, or has entries that would leave `folder`.
 */
export async function unzip(file: string, folder: string): Promise<number> {
  const zip = await openZip(file).catch(asPackageError);
  try {
    return await unpack(zip, resolve(folder)).catch(asPackageError);
  } finally {
    zip.close();
  }
}

const openFile = promisify<
  string,
  { lazyEntries: boolean; validateEntrySizes: boolean; strictFileNames: boolean },
  ZipFile
>(open);

function openZip(file: string): Promise<ZipFile> {
  return openFile(file, { lazyEntries: true, validateEntrySizes: true, strictFileNames: false });
}

async function unpack(zip: ZipFile, root: string): Promise<number> {
  await mkdir(root, { recursive: true });
  let files = 0;
  let bytes = 0;
  for await (const entry of entriesOf(zip)) {
    const target = targetOf(entry, root);
    if (isDirectory(entry)) {
      await mkdir(target, { recursive: true });
      continue;
    }
    bytes += entry.uncompressedSize;
    if (bytes > unpackedLimitBytes)
      throw new PackageError(`The package is larger than ${unpackedLimitBytes} bytes when unpacked.`);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(await contentOf(zip, entry), createWriteStream(target, { mode: modeOf(entry) }));
    files += 1;
  }
  return files;
}

/** yauzl's events as a sequence: the next entry is asked for when the one before has been dealt with. */
async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      const settle = (act: () => void) => {
        zip.off("entry", onEntry).off("end", onEnd).off("error", onError);
        act();
      };
      const onEntry = (next: Entry) => settle(() => resolve(next));
      const onEnd = () => settle(() => resolve(undefined));
      const onError = (error: unknown) => settle(() => reject(error));
      zip.on("entry", onEntry).on("end", onEnd).on("error", onError);
      zip.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

function contentOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

/** yauzl refuses `..` and absolute names by itself; this does not rest on that. */
function targetOf(entry: Entry, root: string): string {
  const target = resolve(join(root, entry.fileName));
  if (target !== root && !target.startsWith(root + sep))
    throw new PackageError(`The entry "${entry.fileName}" would be written outside of the app's folder.`);
  if ((attributesOf(entry) & fileTypeMask) === symbolicLinkType)
    throw new PackageError(`The entry "${entry.fileName}" is a symbolic link. Put the file itself into the package.`);
  return target;
}

function isDirectory(entry: Entry): boolean {
  return entry.fileName.endsWith("/") || (attributesOf(entry) & fileTypeMask) === directoryType;
}

/** The upper half holds the Unix mode, if the archive was made on Unix. */
function attributesOf(entry: Entry): number {
  return entry.externalFileAttributes >>> 16;
}

function modeOf(entry: Entry): number {
  return attributesOf(entry) & 0o111 ? 0o755 : 0o644;
}

function asPackageError(error: unknown): never {
  if (error instanceof PackageError) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  throw new PackageError(`The package cannot be unpacked: ${reason}`);
}
