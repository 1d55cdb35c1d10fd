import { PermanentError } from "@ratchet/messaging";
import { readCurrentCode, type Stores } from "../stores.ts";

/** There is no inference code to make a release with. */
export class NoInferenceCodeError extends PermanentError {
  override readonly name = "NoInferenceCodeError";

  constructor() {
    super(
      "there is no inference code in the container releases: build it with `pnpm --filter @ratchet/inference build:release` and upload the zip as inference/<sha256>.zip, then replay this message",
    );
  }
}

const bundlePath = /^inference\/([0-9a-f]{64})\.zip$/;

/** The digest that a path in `releases` names; undefined for other files. */
export const codeOfPath = (path: string): string | undefined => bundlePath.exec(path)?.[1];

/** The digest of the bundle that was uploaded last; undefined where there is none. */
async function newestBundle(stores: Stores): Promise<string | undefined> {
  let newest: { readonly code: string; readonly at: number } | undefined;
  for await (const { path, lastModified } of stores.blobs("releases").list("inference/")) {
    const code = codeOfPath(path);
    const at = lastModified.getTime();
    if (code !== undefined && (!newest || at > newest.at)) newest = { code, at };
  }
  return newest?.code;
}

/**
 * The digest of the inference bundle to deploy with: the current one, else the newest uploaded.
 * @throws {NoInferenceCodeError} when there is neither.
 */
export async function findCode(stores: Stores): Promise<string> {
  const code = (await readCurrentCode(stores)) ?? (await newestBundle(stores));
  if (code === undefined) throw new NoInferenceCodeError();
  return code;
}
