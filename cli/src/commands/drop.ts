import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";

/** A file on its way into `drops`. */
interface Upload {
  readonly file: string;
  /** Path in the container `drops`. */
  readonly path: string;
  readonly bytes: number;
}

/** A file that is in `drops`. */
export interface DroppedFile extends Upload {
  /** Of the blob, unquoted: which version of the file it is. */
  readonly etag: string;
}

const blockSize = 8 * 1024 * 1024;
const parallelBlocks = 4;

/** Where a dropped file goes: below its model, apart from all other drops. */
export const dropPath = (model: string, file: string, now: Date): string =>
  `${model}/${now.toISOString().slice(0, 10)}/${now.toISOString().slice(11, 23).replaceAll(/[:.]/g, "")}-${basename(file)}`;

/**
 * Uploads files as one model's drops, streaming. All files are looked at before the first is sent.
 * @throws {WrongInputError} when a file is not there, may not be read, or is none; it names it.
 */
export async function dropFiles(
  deployment: Deployment,
  model: string,
  files: readonly string[],
  options: { readonly now: Date; readonly onDrop?: (drop: Upload) => void },
): Promise<readonly DroppedFile[]> {
  const uploads = await Promise.all(
    files.map(async (file): Promise<Upload> => {
      const found = await stat(file).catch(() => undefined);
      if (!found) throw new WrongInputError(`${file} is not there, or may not be read`);
      if (!found.isFile()) throw new WrongInputError(`${file} is not a file; name the files to drop`);
      return { file, path: dropPath(model, file, options.now), bytes: found.size };
    }),
  );
  const container = deployment.container("drops");
  const drops: DroppedFile[] = [];
  for (const upload of uploads) {
    const blob = container.getBlockBlobClient(upload.path);
    // The SDK's stream upload sends no request at all for an empty stream's content; an empty blob is put as such.
    const { etag = "" } =
      upload.bytes === 0
        ? await blob.upload("", 0)
        : await blob.uploadStream(createReadStream(upload.file), blockSize, parallelBlocks);
    drops.push({ ...upload, etag: etag.replaceAll('"', "") });
    options.onDrop?.(upload);
  }
  return drops;
}
