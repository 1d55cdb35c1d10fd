import type { Challenge, JudgementRecord, Verdict } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import { MissingModelError } from "../scoring/score-challenger.ts";
import { type FileAddress, readFile, type Stores, sha256Of } from "../stores.ts";

/** The version is another file's: that one was asked about before. */
export class VersionTakenError extends PermanentError {
  override readonly name = "VersionTakenError";
}

const whereOf = ({ container, path }: FileAddress): string => `${container}/${path}`;

type HeldBy = FileAddress & { readonly sha256: string };

/** The file that a version stands for: the one that was judged, else the one that is to be, as long as it is there. */
async function holderOf(
  stores: Stores,
  record: JudgementRecord | undefined,
  verdict: Verdict | undefined,
): Promise<HeldBy | undefined> {
  if (verdict) return verdict.onnx;
  if (!record) return undefined;
  const { onnx } = record.asked.challenge;
  const bytes = await readFile(stores, onnx);
  return bytes && { ...onnx, sha256: sha256Of(bytes) };
}

/** @throws {VersionTakenError} when a version that stands for one file is asked about with another. */
export function mustBeOf(
  holder: HeldBy,
  asked: HeldBy,
  { model, version }: Pick<Challenge, "model" | "version">,
): void {
  if (holder.sha256 === asked.sha256) return;
  throw new VersionTakenError(
    `version ${version} of ${model} stands for ${whereOf(holder)} with the digest ${holder.sha256}, and ${whereOf(asked)} has ${asked.sha256}; a version stands for one file for ever: register the other as a version of its own, and it is judged`,
  );
}

/**
 * Holds what is newly asked to what was asked and judged before: a version's evidence is never taken for another file's.
 * @throws {VersionTakenError} when the version stands for another file.
 * @throws {MissingModelError} when it stands for one, and what is asked about is somewhere else and not there.
 */
export async function mustHaveVersion(
  stores: Stores,
  challenge: Challenge,
  record: JudgementRecord | undefined,
  verdict: Verdict | undefined,
): Promise<void> {
  const { onnx } = challenge;
  const holder = await holderOf(stores, record, verdict);
  if (!holder) return;
  const bytes = await readFile(stores, onnx);
  if (bytes) mustBeOf(holder, { ...onnx, sha256: sha256Of(bytes) }, challenge);
  else if (whereOf(holder) !== whereOf(onnx))
    throw new MissingModelError(
      `${whereOf(onnx)} is not there, and version ${challenge.version} of ${challenge.model} stands for ${whereOf(holder)}`,
    );
}
