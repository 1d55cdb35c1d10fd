import { paths } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import { z } from "zod";
import type { Stores } from "./stores.ts";

/** The inference code that new releases are made with: `champions/code.json`, moved when code is released. */
export const currentCode = z.object({ code: z.string(), releasedAt: z.iso.datetime({ offset: true }) });
export type CurrentCode = z.infer<typeof currentCode>;

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

/**
 * The digest of the inference bundle to deploy with: the current one, else the newest uploaded.
 * @throws {NoInferenceCodeError}
 */
export async function findCode(stores: Stores): Promise<string> {
  const current = await stores.documents("champions").read(paths.currentCode, currentCode.parse);
  if (current) return current.value.code;
  let newest: { readonly code: string; readonly at: number } | undefined;
  for await (const { name, properties } of stores.container("releases").listBlobsFlat({ prefix: "inference/" })) {
    const code = codeOfPath(name);
    const at = properties.lastModified.getTime();
    if (code !== undefined && (!newest || at > newest.at)) newest = { code, at };
  }
  if (!newest) throw new NoInferenceCodeError();
  return newest.code;
}
