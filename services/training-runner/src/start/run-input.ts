import { paths, type Run } from "@ratchet/contracts";
import { copyBlobs, namesBelow } from "../gateways/copy-blobs.ts";
import type { Stores } from "../stores.ts";
import type { CodeSnapshot } from "./code-snapshot.ts";

/**
 * Puts a snapshot's files into the container `code`, under its digest, unless they are there.
 * @returns its URL.
 * @throws {MissingBlobError} when a file of the applied project is not there.
 */
export async function putSnapshot(stores: Stores, { sha256, files }: CodeSnapshot): Promise<string> {
  const code = stores.container("code");
  const definitions = stores.container("definitions");
  const folder = paths.codeSnapshot(sha256);
  const there = await namesBelow(code, folder);
  const missing = files.filter(({ path }) => !there.has(path));
  const target = (path: string) => code.getBlockBlobClient(`${folder}/${path}`);
  await copyBlobs(
    missing.flatMap((file) =>
      "copyOf" in file ? [{ from: definitions.getBlobClient(file.copyOf), to: target(file.path) }] : [],
    ),
  );
  for (const file of missing)
    if ("text" in file) await target(file.path).upload(file.text, Buffer.byteLength(file.text));
  return `${code.url}/${folder}`;
}

/**
 * Lays the batches' training rows out as the run's input.
 * @throws {MissingBlobError} when a batch has no training rows.
 */
export async function putTrainingData(stores: Stores, { model, runId, batches }: Run): Promise<void> {
  const from = stores.container("batches");
  const to = stores.container("runs");
  await copyBlobs(
    batches.map((batch) => ({
      from: from.getBlobClient(paths.batchTrain(model, batch)),
      to: to.getBlobClient(paths.runTrain(runId, batch)),
    })),
  );
}
