import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtBundle } from "@ratchet/cli/commands/release";

const endOfCentralDirectory = 0x06054b50;
const sizeOfEnd = 22;

/**
 * The bundle of inference code as set-up built it, with a text as the zip's comment: the same code under another digest.
 * @throws {Error} when the bundle has a comment already.
 */
export async function bundleOfOtherDigest(folder: string, text = "the same, released again"): Promise<string> {
  const zip = await readFile(builtBundle);
  const end = zip.length - sizeOfEnd;
  if (zip.readUInt32LE(end) !== endOfCentralDirectory) throw new Error(`${builtBundle} has a comment already`);
  const comment = Buffer.from(text);
  zip.writeUInt16LE(comment.length, end + sizeOfEnd - 2);
  const path = join(folder, "bundle.zip");
  await writeFile(path, Buffer.concat([zip, comment]));
  return path;
}
