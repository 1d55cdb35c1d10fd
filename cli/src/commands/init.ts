import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { WrongInputError } from "../errors.ts";

const template = join(import.meta.dirname, "../../template");

/** A model's name made of a folder's. */
const nameFrom = (folder: string): string => {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "");
  return name.length >= 2 ? name.slice(0, 40) : "my-model";
};

/**
 * Writes a model project to start from: one numeric label, two features, a linear model in PyTorch.
 * @throws {WrongInputError} when the folder holds anything already, or is none.
 */
export async function initProject(folder: string): Promise<readonly string[]> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    if (error.code === "ENOTDIR") throw new WrongInputError(`${folder} is not a folder; give a new one`);
    throw error;
  });
  if (there.length > 0) throw new WrongInputError(`${folder} is not empty; give a new folder`);
  await mkdir(folder, { recursive: true });
  await cp(join(template, "training"), join(folder, "training"), { recursive: true });
  const yaml = await readFile(join(template, "ratchet.yaml"), "utf8");
  await writeFile(join(folder, "ratchet.yaml"), yaml.replaceAll("my-model", nameFrom(folder)));
  return ["ratchet.yaml", "training/train.py"];
}
