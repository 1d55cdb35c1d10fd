import { chmod, mkdir } from "node:fs/promises";

/**
 * Makes a folder that its owner alone may enter, whoever may enter the one that it is in. One that is there already becomes so:
 * what is in it was written by the same user, with that day's modes.
 */
export async function ownFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}
