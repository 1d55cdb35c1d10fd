import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { WrongInputError } from "../errors.ts";
import { type GuessedDefinition, guessDefinition } from "./guess-definition.ts";
import { contentOf } from "./inspect.ts";

const template = join(import.meta.dirname, "../../template");

/** A model's name made of a folder's. */
const nameFrom = (folder: string): string => {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "");
  return name.length >= 2 ? name.slice(0, 40) : "my-model";
};

/** Puts lines in the place of others, which the template is known to have. */
function replaced(yaml: string, lines: RegExp, by: readonly string[]): string {
  if (!lines.test(yaml)) throw new TypeError(`the template has no lines like ${lines.source}`);
  return yaml.replace(lines, () => `${by.join("\n")}\n`);
}

function withGuess(template: string, { task, lines }: GuessedDefinition): string {
  const yaml = replaced(template, /^task: .*\n/m, [`task: ${task}`]);
  const data = replaced(yaml, /^ {2}label: .*\n {2}schema:.*\n( {4}- .*\n)+/m, [lines.label, ...lines.schema]);
  return replaced(data, /^ {2}metric: .*\n {2}thresholds:\n( {4}.*\n)+/m, lines.gate);
}

/** Data to guess a schema by. */
interface FromData {
  readonly file: string;
  /** The column to be predicted; guessed where it is left out. */
  readonly label?: string | undefined;
}

/**
 * Writes a model project to start from: one numeric label, two features, a linear model in PyTorch; or, from data, its
 * columns and a small network.
 * @throws {WrongInputError} when the folder holds anything already, or is none; or nothing can be guessed from the data.
 */
export async function initProject(folder: string, from?: FromData): Promise<readonly string[]> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    if (error.code === "ENOTDIR") throw new WrongInputError(`${folder} is not a folder; give a new one`);
    throw error;
  });
  if (there.length > 0) throw new WrongInputError(`${folder} is not empty; give a new folder`);
  const guess = from && guessDefinition(await contentOf(from.file), from.label);
  await mkdir(folder, { recursive: true });
  await cp(join(template, guess ? "from-data" : "training"), join(folder, "training"), { recursive: true });
  const plain = (await readFile(join(template, "ratchet.yaml"), "utf8")).replaceAll("my-model", nameFrom(folder));
  await writeFile(join(folder, "ratchet.yaml"), guess ? withGuess(plain, guess) : plain);
  return ["ratchet.yaml", "training/train.py"];
}
