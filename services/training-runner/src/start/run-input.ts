import { paths } from "@ratchet/contracts";
import type { Stores } from "../stores.ts";
import type { CodeSnapshot } from "./code-snapshot.ts";
import { copyAll } from "./copy-all.ts";

/**
 * Puts a snapshot's files into the container `code`, under its digest, unless they are there.
 * @throws {MissingBlobError} when a file of the applied project is not there.
 */
export async function putSnapshot(stores: Stores, { sha256, files }: CodeSnapshot): Promise<void> {
  const code = stores.blobs("code");
  const folder = paths.codeSnapshot(sha256);
  const there = new Set((await Array.fromAsync(code.list(`${folder}/`))).map(({ path }) => path));
  const missing = files.map((file) => ({ file, to: `${folder}/${file.path}` })).filter(({ to }) => !there.has(to));
  await copyAll(
    stores.blobs("definitions"),
    code,
    missing.flatMap(({ file, to }) => ("copyOf" in file ? [{ from: file.copyOf, to }] : [])),
  );
  for (const { file, to } of missing)
    if ("text" in file) await code.write(to, file.text, { expected: "any", contentType: "application/json" });
}
