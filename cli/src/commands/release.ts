import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { paths } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";

/** A bundle of inference code as it lies in `releases`. */
interface UploadedBundle {
  readonly sha256: string;
  readonly path: string;
  readonly bytes: number;
}

const inference = join(import.meta.dirname, "../../../services/inference");

/** The bundle of inference code as set-up has built it. */
export const builtBundle = join(inference, "dist", "release.zip");

/** Builds the bundle from this clone and returns its path. */
async function buildBundle(): Promise<string> {
  await promisify(execFile)(process.execPath, ["src/build-release.ts"], { cwd: inference });
  return builtBundle;
}

/**
 * Uploads a bundle of inference code; the deployer takes it from there. Without a file, it is built from this clone.
 * @throws {WrongInputError} when the file cannot be read or is no zip.
 */
export async function uploadBundle(deployment: Deployment, file?: string): Promise<UploadedBundle> {
  const path = file ?? (await buildBundle());
  const content = await readFile(path).catch(() => {
    throw new WrongInputError(`${path} cannot be read`);
  });
  if (content.subarray(0, 2).toString("latin1") !== "PK") throw new WrongInputError(`${path} is not a zip file`);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const target = paths.codeRelease(sha256);
  const blob = deployment.container("releases").getBlockBlobClient(target);
  // The name is the content's digest: what is there already is the same, and announcing it again would mean nothing.
  if (!(await blob.exists())) await blob.uploadData(content);
  return { sha256, path: target, bytes: content.length };
}
