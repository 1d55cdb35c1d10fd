import { createHash } from "node:crypto";
import { posix } from "node:path";
import { type AppliedDefinition, digest, paths } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";

/** A file of the code that a run gets. */
type SnapshotFile =
  | { readonly path: string; readonly sha256: string; readonly copyOf: string }
  | { readonly path: string; readonly sha256: string; readonly text: string };

/** The code of a run by its content: the same files are the same snapshot, whenever and by whomever they were applied. */
export interface CodeSnapshot {
  readonly sha256: string;
  readonly files: readonly SnapshotFile[];
}

/** The applied project has no file in the folder that its `training.code` names. */
export class NoTrainingCodeError extends PermanentError {
  override readonly name = "NoTrainingCodeError";

  constructor({ model, version, definition }: AppliedDefinition) {
    super(
      `the project of ${model} (version ${version}) has no file in training.code, ${definition.training.code}; correct it, run \`ratchet apply <folder>\` and replay this message`,
    );
  }
}

const definitionFile = "definition.json";

/**
 * What a run's working folder holds: the files below `training.code`, and `definition.json`, the parsed ratchet.yaml with
 * durations in milliseconds, for the training code to read its schema from.
 * @throws {NoTrainingCodeError} when no file is in the folder that `training.code` names.
 */
export function planSnapshot(applied: AppliedDefinition): CodeSnapshot {
  const { model, version, definition } = applied;
  const folder = posix.normalize(`${definition.training.code}/`);
  const code = applied.files
    .map((file) => ({ file, inFolder: posix.relative(folder, posix.normalize(file.path)) }))
    .filter(({ inFolder }) => !inFolder.startsWith("..") && inFolder !== definitionFile)
    .map(({ file: { path, sha256 }, inFolder }): SnapshotFile => {
      return { path: inFolder, sha256, copyOf: paths.definitionFile(model, version, path) };
    });
  if (code.length === 0) throw new NoTrainingCodeError(applied);
  const text = `${JSON.stringify(definition, null, 2)}\n`;
  const generated = { path: definitionFile, sha256: createHash("sha256").update(text).digest("hex"), text };
  const files = [...code, generated].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { sha256: digest(files.map(({ path, sha256 }) => [path, sha256])), files };
}
