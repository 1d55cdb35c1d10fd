import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type ReleaseManifest, releaseManifest } from "@ratchet/contracts";
import { UnservableModelError } from "./model/unservable.ts";

/** What a package has of a model: `release.json` and `model.onnx`. */
export interface PackagedModel {
  readonly manifest: ReleaseManifest;
  readonly onnx: Uint8Array;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function readManifest(folder: URL): Promise<ReleaseManifest> {
  let text: string;
  try {
    text = await readFile(new URL("release.json", folder), "utf8");
  } catch (error) {
    throw new UnservableModelError(
      `the package holds no model: model/release.json cannot be read (${messageOf(error)}); publish it through the deployer`,
    );
  }
  try {
    return releaseManifest.parse(JSON.parse(text));
  } catch (error) {
    throw new UnservableModelError(`model/release.json is not what the deployer writes: ${messageOf(error)}`);
  }
}

/**
 * Reads the model in a folder, and holds it to its digest.
 * @throws {UnservableModelError} when the folder has none, or another than its manifest says.
 */
export async function readPackage(folder: URL): Promise<PackagedModel> {
  const manifest = await readManifest(folder);
  const onnx = await readFile(new URL("model.onnx", folder));
  const digest = createHash("sha256").update(onnx).digest("hex");
  if (digest !== manifest.onnx)
    throw new UnservableModelError(`model/model.onnx has the digest ${digest}; release.json says ${manifest.onnx}`);
  return { manifest, onnx };
}
