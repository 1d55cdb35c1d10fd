import { setTimeout as delay } from "node:timers/promises";
import type { Deployment } from "@ratchet/cli/deployment";
import { atATime } from "@ratchet/state";

/** A file to be dropped. */
export interface File {
  readonly model: string;
  /** Path in `drops`. */
  readonly path: string;
  readonly content: string;
}

const usualUploadsAtATime = 32;

/** What uploading took. */
export interface Uploads {
  readonly seconds: number;
  /** When storage had said of each path that it is there, in milliseconds since the epoch. */
  readonly at: ReadonlyMap<string, number>;
}

/**
 * Uploads files at an even pace.
 * @param seconds in which all of them are to be uploaded; it takes longer where storage does not keep up. 0: as fast as it can.
 */
export async function uploadAll(
  deployment: Deployment,
  container: "drops" | "packages",
  files: readonly File[],
  seconds: number,
  uploadsAtATime = usualUploadsAtATime,
): Promise<Uploads> {
  const begun = Date.now();
  const at = new Map<string, number>();
  await atATime(uploadsAtATime, files, async ({ path, content }, index) => {
    const early = begun + (index / files.length) * seconds * 1000 - Date.now();
    if (early > 0) await delay(early);
    await deployment.container(container).getBlockBlobClient(path).upload(content, Buffer.byteLength(content));
    at.set(path, Date.now());
  });
  return { seconds: (Date.now() - begun) / 1000, at };
}
