import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, posix, relative, resolve, sep } from "node:path";
import {
  type AppliedDefinition,
  appliedDefinition,
  type Definition,
  definitionVersionOf,
  parseDefinition,
  paths,
} from "@ratchet/contracts";
import { CorruptDocumentError } from "@ratchet/state";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { type SchemaChange, schemaChangeFor } from "../schema-change/batches-under.ts";
import { otherModelWith } from "./app-owner.ts";

/** The Python helper that training code may import; it travels with every project that does not bring its own. */
const helper = "ratchet_training.py";
const helperFile = join(import.meta.dirname, "../../../training", helper);

const ignored = (name: string) =>
  name.startsWith(".") || name === "__pycache__" || name.endsWith(".pyc") || name === "node_modules";

interface ProjectFile {
  /** Relative to ratchet.yaml, with forward slashes. */
  readonly path: string;
  readonly content: Buffer;
  readonly sha256: string;
}

/** A model project as it lies in a folder. */
interface Project {
  readonly definition: Definition;
  readonly source: string;
  readonly files: readonly ProjectFile[];
  readonly version: string;
}

const projectFile = (path: string, content: Buffer): ProjectFile => ({
  path,
  content,
  sha256: createHash("sha256").update(content).digest("hex"),
});

async function readFolder(root: string, folder: string): Promise<readonly ProjectFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !ignored(name))
      .map(async (entry): Promise<readonly ProjectFile[]> => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return readFolder(root, path);
        return [projectFile(relative(root, path).split(sep).join("/"), await readFile(path))];
      }),
  );
  return found.flat();
}

const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() === true;

/**
 * Reads the model project in a folder: `ratchet.yaml` and the training code that it names.
 * @throws {WrongInputError} when the folder, its `ratchet.yaml` or the training code is missing; it names which.
 * @throws {DefinitionError} when `ratchet.yaml` is wrong; it names every fault.
 */
export async function readProject(folder: string): Promise<Project> {
  const root = resolve(folder);
  if (!(await isFolder(root)))
    throw new WrongInputError(`${folder} is not a folder; give the folder that holds ratchet.yaml`);
  const yaml = await readFile(join(root, "ratchet.yaml")).catch(() => {
    throw new WrongInputError(`${folder} holds no ratchet.yaml; \`ratchet init ${folder}\` writes one to start from`);
  });
  const source = yaml.toString("utf8");
  const definition = parseDefinition(source, join(folder, "ratchet.yaml"));
  const codeFolder = resolve(root, definition.training.code);
  const inside = relative(root, codeFolder);
  if (inside.startsWith(".."))
    throw new WrongInputError(`training.code ${definition.training.code} lies outside ${folder}; move it inside`);
  if (!(await isFolder(codeFolder)))
    throw new WrongInputError(`training.code ${definition.training.code} is no folder in ${folder}`);
  const code = await readFolder(root, codeFolder);
  if (code.length === 0) throw new WrongInputError(`training.code ${definition.training.code} holds no files`);
  const helperPath = posix.join(inside.split(sep).join("/"), helper);
  const files = [
    projectFile("ratchet.yaml", yaml),
    ...code.filter(({ path }) => path !== "ratchet.yaml"),
    ...(code.some(({ path }) => path === helperPath) ? [] : [projectFile(helperPath, await readFile(helperFile))]),
  ];
  return { definition, source, files, version: definitionVersionOf(files) };
}

interface AppliedProject {
  readonly model: string;
  readonly version: string;
  readonly files: number;
  /** False where exactly this version was already applied. */
  readonly changed: boolean;
  /** What the schema makes of what was admitted under another; undefined where it is the same. */
  readonly data?: SchemaChange | undefined;
}

/** How many batches are named in an error. */
const mostNamed = 5;

function refusalOf(model: string, { batches, unreadable }: SchemaChange): WrongInputError {
  const named = unreadable.slice(0, mostNamed).map(({ file, reason }) => `${file}: ${reason}`);
  const more = unreadable.length - named.length;
  const lines = [...named, ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `\n  ${line}`).join("");
  return new WrongInputError(
    `${unreadable.length} of the ${batches} batches that ${model} has admitted cannot be read by this schema, so nothing was applied:${lines}\nKeep what fits them, give a column a default, say by \`was\` what it was called, or take them out first: \`ratchet batches withdraw ${model} <batch> --reason <why>\``,
  );
}

/** What a model's rows are read by. */
const readBy = ({ data }: Definition): string => JSON.stringify([data.schema, data.label]);

/**
 * Uploads a project: its files first, then the document that makes them the model's definition. Where its schema is another
 * than before, it is held against what was admitted.
 * @param how.dryRun says what would come of it, and applies nothing.
 * @throws {WrongInputError} when its app is another model's, since a release of one would take the other offline; or when
 * admitted batches cannot be read by its schema: it names them.
 */
export async function applyProject(
  deployment: Deployment,
  project: Project,
  now: Date,
  { dryRun = false } = {},
): Promise<AppliedProject> {
  const { definition, files, source, version } = project;
  const { model } = definition;
  const documents = deployment.documents("definitions");
  const current = await documents.read(paths.currentDefinition(model), appliedDefinition).catch((error: unknown) => {
    // What cannot be read any more is mended by applying; anything else, such as missing rights, is the user's to hear.
    if (error instanceof CorruptDocumentError) return undefined;
    throw error;
  });
  if (current?.value.version === version) return { model, version, files: files.length, changed: false };
  const { app } = definition.deploy;
  const owner = current?.value.definition.deploy.app === app ? undefined : await otherModelWith(deployment, app, model);
  if (owner !== undefined)
    throw new WrongInputError(
      `the app ${app} is that of the model ${owner}, which ${model} would take offline; name another one in deploy.app of ratchet.yaml`,
    );
  const isSame = current && readBy(current.value.definition) === readBy(definition);
  const data = isSame ? undefined : await schemaChangeFor(deployment, definition);
  if (data && data.unreadable.length > 0) throw refusalOf(model, data);
  const outcome = { model, version, files: files.length, changed: true, ...(data && data.batches > 0 ? { data } : {}) };
  if (dryRun) return outcome;
  const container = deployment.container("definitions");
  for (const { path, content } of files)
    await container.getBlockBlobClient(paths.definitionFile(model, version, path)).uploadData(content);
  const applied: AppliedDefinition = {
    model,
    definition,
    version,
    source,
    files: files.map(({ path, sha256 }) => ({ path, sha256 })),
    appliedAt: now.toISOString(),
  };
  await documents.write(paths.currentDefinition(model), appliedDefinition, applied, "any");
  return outcome;
}
