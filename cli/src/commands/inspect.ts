import { batchIdOf, type Definition } from "@ratchet/contracts";
import { checkSize, FileFault, type FileSummary, inspectFile, reasonOf, summariseFile } from "@ratchet/formats";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { readAdmissions, readDefinition } from "../model-records.ts";
import { localFile, orWrongInput } from "./read-local-file.ts";

/** What a file holds. */
export interface FileContent extends FileSummary {
  readonly file: string;
  readonly bytes: number;
}

/** What would become of a file, were it dropped now. */
export type Outcome =
  | {
      readonly outcome: "admitted";
      readonly model: string;
      readonly batch: string;
      readonly rows: { readonly train: number; readonly holdout: number };
    }
  | { readonly outcome: "refused"; readonly model: string; readonly code: string; readonly reason: string };

/**
 * Says what a file of this machine holds. Nothing is sent anywhere.
 * @throws {WrongInputError} when it is not there, or cannot be read as any format; it names the place.
 */
export async function contentOf(file: string): Promise<FileContent> {
  const local = await localFile(file);
  const summary = await orWrongInput(
    file,
    summariseFile(local.read(), { name: file, maxBytes: Number.MAX_SAFE_INTEGER }),
  );
  return { file, bytes: local.bytes, ...summary };
}

async function judged(file: string, definition: Definition): Promise<Awaited<ReturnType<typeof inspectFile>>> {
  const local = await localFile(file);
  checkSize(local.bytes, definition.data);
  return inspectFile(local.read(), definition, file);
}

/**
 * Says what would become of a file if it were dropped for a model, by the rules of the door and the model's admissions.
 * @throws {WrongInputError} when the model is not applied, or the file is not there.
 */
export async function outcomeOf(deployment: Deployment, model: string, file: string): Promise<Outcome> {
  const applied = await readDefinition(deployment, model);
  if (!applied) throw new WrongInputError(`no model named ${model} is applied; run \`ratchet apply <folder>\``);
  try {
    const { contentSha256, rows } = await judged(file, applied.definition);
    const batch = batchIdOf(model, contentSha256);
    const { batches, withdrawn, quarantined } = await readAdmissions(deployment, model);
    const known = [...batches, ...withdrawn, ...quarantined].find((one) => one.batch === batch);
    if (!known) return { outcome: "admitted", model, batch, rows };
    const became = known.quarantined ? "is in quarantine" : "was admitted";
    const reason = `${file}: the same content ${became} as ${known.file} on ${known.admittedAt.slice(0, 10)}`;
    return { outcome: "refused", model, code: "already-admitted", reason };
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return { outcome: "refused", model, code: error.code, reason: reasonOf(file, error) };
  }
}
