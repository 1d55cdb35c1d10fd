import { mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { TokenCredential } from "@azure/identity";
import { ContainerClient } from "@azure/storage-blob";

/** A blob, or the blobs below a path. */
export interface BlobLocation {
  readonly containerUrl: string;
  /** Without a slash at either end; empty for a whole container. */
  readonly path: string;
}

interface TransferOptions {
  readonly credential: TokenCredential;
  readonly signal?: AbortSignal;
}

const parallelTransfers = 8;

/** Downloads every blob below a location; says how many there were. */
export async function downloadFolder(from: BlobLocation, folder: string, options: TransferOptions): Promise<number> {
  const container = new ContainerClient(from.containerUrl, options.credential);
  const prefix = from.path === "" ? "" : `${from.path}/`;
  const downloads: { readonly name: string; readonly file: string }[] = [];
  for await (const blob of container.listBlobsFlat({ prefix, ...abort(options) })) {
    // A hierarchical namespace lists its folders as empty blobs; they are no files.
    if (blob.metadata?.["hdi_isfolder"] !== "true") {
      downloads.push({ name: blob.name, file: inside(folder, blob.name.slice(prefix.length)) });
    }
  }
  await mkdir(folder, { recursive: true });
  await inParallel(downloads, async ({ name, file }) => {
    await mkdir(dirname(file), { recursive: true });
    await container.getBlobClient(name).downloadToFile(file, 0, undefined, abort(options));
  });
  return downloads.length;
}

export async function downloadFile(from: BlobLocation, file: string, options: TransferOptions): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const container = new ContainerClient(from.containerUrl, options.credential);
  await container.getBlobClient(from.path).downloadToFile(file, 0, undefined, abort(options));
}

/** A folder of this machine and where it belongs. */
interface Upload {
  readonly folder: string;
  readonly to: BlobLocation;
}

interface WrittenFile {
  readonly file: string;
  readonly writtenAt: bigint;
  readonly blob: BlobLocation;
}

/**
 * Uploads every file of some folders. The one of all that was written last is uploaded last, when the others are there:
 * as with mounted folders, whoever sees it sees the rest too.
 */
export async function uploadFolders(uploads: readonly Upload[], { credential }: TransferOptions): Promise<void> {
  const found = await Promise.all(uploads.map(filesOf));
  const files = found.flat().sort((a, b) => (a.writtenAt < b.writtenAt ? -1 : 1));
  const upload = async ({ file, blob }: WrittenFile) => {
    await new ContainerClient(blob.containerUrl, credential).getBlockBlobClient(blob.path).uploadFile(file);
  };
  await inParallel(files.slice(0, -1), upload);
  for (const last of files.slice(-1)) await upload(last);
}

async function filesOf({ folder, to }: Upload): Promise<readonly WrittenFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = [to.path, ...relative(folder, file).split(sep)].filter((part) => part !== "").join("/");
      return { file, writtenAt: (await stat(file, { bigint: true })).mtimeNs, blob: { ...to, path } };
    }),
  );
}

/** A blob's name may hold anything, also `..`; it must not lead out of the folder. */
function inside(folder: string, name: string): string {
  const file = resolve(folder, name);
  if (!file.startsWith(resolve(folder) + sep)) throw new Error(`The blob name '${name}' leads out of its folder.`);
  return file;
}

function abort({ signal }: TransferOptions): { readonly abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: parallelTransfers }, worker));
}
