import { blobOf, deployModel, type Envelope, paths } from "@ratchet/contracts";
import { type Delivery, PermanentError } from "@ratchet/messaging";
import type { Deployer } from "../deployer.ts";
import { moveCurrentCode, readChampions, readExact } from "../stores.ts";
import { codeOfPath } from "./inference-code.ts";

/** Something else than an inference bundle was put where bundles are. */
export class NotABundleError extends PermanentError {
  override readonly name = "NotABundleError";
}

/** @throws {NotABundleError} when the event is of no bundle. */
function codeOf(event: Envelope): string {
  const path = blobOf("releases", event) ?? event.subject;
  const code = codeOfPath(path);
  if (code === undefined)
    throw new NotABundleError(`releases/${path} is not named as inference code is: inference/<sha256>.zip`);
  return code;
}

/**
 * Follows a bundle of inference code that was written to `releases`: new releases are made with it from now on, and
 * every champion is deployed anew with it. A bundle older than the current one changes nothing.
 * @throws {NotABundleError} when the event is of no bundle.
 * @throws {MissingFileError} when its digest is not its name.
 */
export async function followCodeRelease(
  { stores }: Pick<Deployer, "stores">,
  event: Envelope,
  { outbox, ...delivery }: Delivery,
): Promise<void> {
  const code = codeOf(event);
  const log = delivery.log.with({ code });
  await readExact(stores, { container: "releases", path: paths.codeRelease(code), sha256: code });
  const current = await moveCurrentCode(stores, { code, releasedAt: event.time });
  if (current !== code) return log.info("newer inference code is released already", { current });
  for await (const { model, champion } of readChampions(stores)) {
    if (champion.code === code) continue;
    await outbox.send(deployModel, { model, version: champion.version, cause: "code", code });
  }
}
