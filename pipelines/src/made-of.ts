import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "..", "..");

/**
 * The files that a program is made of: its entry and all that it imports of this repository, as the bundler would follow
 * them. Paths are relative to the repository.
 */
export function madeOf(entry: string): readonly string[] {
  const found = new Set<string>();
  const follow = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const specifier of importsOf(readFileSync(file, "utf8"))) {
      const target = targetOf(specifier, file);
      if (target) follow(target);
    }
  };
  follow(join(repository, entry));
  return [...found].map((file) => relative(repository, file)).sort();
}

/** Modules imported for their values; a type leaves nothing in a bundle. */
function importsOf(source: string): readonly string[] {
  const statements = source.matchAll(/^(?:import|export)\s(?!type\b)(?:[^;"]*?\sfrom\s+)?"([^"]+)"/gm);
  const calls = source.matchAll(/\bimport\(\s*"([^"]+)"/g);
  return [...statements, ...calls].map(([, specifier = ""]) => specifier);
}

function targetOf(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith(".")) return resolve(dirname(importer), specifier);
  if (!specifier.startsWith("@ratchet/")) return undefined;
  const [scope = "", name = "", ...rest] = specifier.split("/");
  const folder = packageFolder(join(scope, name), dirname(importer));
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { exports: Exports };
  const key = rest.length > 0 ? `./${rest.join("/")}` : ".";
  const target = typeof exports === "string" && key === "." ? exports : (exports as Record<string, string>)[key];
  if (!target) throw new RangeError(`${importer} imports ${specifier}, which its package does not export.`);
  return join(folder, target);
}

type Exports = string | Readonly<Record<string, string>>;

/** Workspace packages stand under their own folder; their package.json says which. */
function packageFolder(name: string, from: string): string {
  for (let folder = from; folder.startsWith(repository); folder = dirname(folder)) {
    const link = join(folder, "node_modules", name, "package.json");
    if (existsSync(link)) return dirname(realpathSync(link));
  }
  throw new RangeError(`${from} imports ${name}, which is not among the dependencies of its package.`);
}
