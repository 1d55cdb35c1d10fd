import { championPointer, deployModel, type Envelope, paths } from "@ratchet/contracts";
import { type Delivery, PermanentError } from "@ratchet/messaging";
import { codeOfPath, currentCode } from "./inference-code.ts";
import { readExact, type Stores } from "./stores.ts";

/** Something else than an inference bundle was put where bundles are. */
export class NotABundleError extends PermanentError {
  override readonly name = "NotABundleError";
}

const subjectPrefix = "/blobServices/default/containers/releases/blobs/";

/**
 * Follows a bundle of inference code that was written to `releases`: new releases are made with it from now on, and
 * every champion is deployed anew with it. A bundle older than the current one changes nothing.
 * @throws {NotABundleError}, {MissingFileError} where its digest is not its name.
 */
export async function releaseCode(stores: Stores, event: Envelope, { outbox, log }: Delivery): Promise<void> {
  const path = event.subject.startsWith(subjectPrefix) ? event.subject.slice(subjectPrefix.length) : event.subject;
  const code = codeOfPath(path);
  if (code === undefined)
    throw new NotABundleError(`releases/${path} is not named as inference code is: inference/<sha256>.zip`);
  await readExact(stores, "releases", path, code);
  const champions = stores.documents("champions");
  const current = await champions.update(paths.currentCode, currentCode.parse, (stored) => {
    const newer = !stored || new Date(event.time) > new Date(stored.releasedAt);
    return newer ? { code, releasedAt: event.time } : undefined;
  });
  if (current?.code !== code) return log.info("newer inference code is released already", { code, current });
  for await (const pointerPath of champions.list("")) {
    if (pointerPath === paths.currentCode) continue;
    const pointer = (await champions.read(pointerPath, championPointer.parse))?.value;
    if (!pointer || pointer.champion.code === code) continue;
    const { model, champion } = pointer;
    await outbox.send(deployModel, { model, version: champion.version, cause: "code", code });
  }
}
