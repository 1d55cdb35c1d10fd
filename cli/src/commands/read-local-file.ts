import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { FileFault, reasonOf } from "@ratchet/formats";
import { WrongInputError } from "../errors.ts";

/** A file of this machine. */
interface LocalFile {
  readonly bytes: number;
  /** From its start; may be called more than once. */
  read(): AsyncIterable<Buffer>;
}

/** @throws {WrongInputError} when the file is not there, may not be read, or is none; it names it. */
export async function localFile(file: string): Promise<LocalFile> {
  const found = await stat(file).catch(() => undefined);
  if (!found) throw new WrongInputError(`${file} is not there, or may not be read`);
  if (!found.isFile()) throw new WrongInputError(`${file} is not a file; name a file of data`);
  return { bytes: found.size, read: () => createReadStream(file, { highWaterMark: 1024 ** 2 }) };
}

/** What reading a file gives. @throws {WrongInputError} when the file has a fault; it names its place. */
export async function orWrongInput<Result>(file: string, reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof FileFault) throw new WrongInputError(reasonOf(file, error));
    throw error;
  }
}
