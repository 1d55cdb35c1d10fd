import { createHash } from "node:crypto";
import { type ContainerClient, RestError } from "@azure/storage-blob";
import {
  type ChampionPointer,
  type ContainerName,
  type Definition,
  paths,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import { type DocumentStore, readAppliedDefinition, readChampionPointer } from "@ratchet/state";

/** What the deployer reads and writes: it owns `champions` and `packages`, the rest it only reads. */
export interface Stores {
  container(name: ContainerName): ContainerClient;
  documents(name: ContainerName): DocumentStore;
}

/** A file that is needed is not there, or is not what its name or its verdict says. */
export class MissingFileError extends PermanentError {
  override readonly name = "MissingFileError";
}

/** @throws {UnknownModelError} */
export const readDefinition = async (stores: Stores, model: string): Promise<Definition> =>
  (await readAppliedDefinition(stores.documents("definitions"), model)).definition;

export const readPointer = (stores: Stores, model: string): Promise<ChampionPointer | undefined> =>
  readChampionPointer(stores.documents("champions"), model);

export async function readVerdict(stores: Stores, model: string, version: string): Promise<Verdict | undefined> {
  return (await stores.documents("verdicts").read(paths.verdict(model, version), verdict.parse))?.value;
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * A file whose digest is known.
 * @throws {MissingFileError} where it is not there, or is another.
 */
export async function readExact(stores: Stores, container: string, path: string, sha256: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await stores
      .container(container as ContainerName)
      .getBlobClient(path)
      .downloadToBuffer();
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 404)
      throw new MissingFileError(`${container}/${path} is not there`);
    throw error;
  }
  const found = sha256Of(bytes);
  if (found !== sha256) throw new MissingFileError(`${container}/${path} has the digest ${found} instead of ${sha256}`);
  return bytes;
}

/** Keeps a package under its digest, once. */
export async function keepPackage(
  stores: Stores,
  { sha256, bytes }: { readonly sha256: string; readonly bytes: Buffer },
): Promise<void> {
  const blob = stores.container("packages").getBlockBlobClient(paths.package(sha256));
  try {
    await blob.uploadData(bytes, {
      conditions: { ifNoneMatch: "*" },
      blobHTTPHeaders: { blobContentType: "application/zip" },
    });
  } catch (error) {
    // The same package is there already.
    if (error instanceof RestError && (error.statusCode === 409 || error.statusCode === 412)) return;
    throw error;
  }
}
