import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";

export const root = join(import.meta.dirname, "../..");

/** A package of the workspace. */
export interface Package {
  /** Its folder, which is its room. */
  readonly folder: string;
  readonly name: string;
  readonly exports: string | Readonly<Record<string, string>> | undefined;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** From one file to another that it imports, both by their paths in the repository. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

export interface Import extends Arrow {
  /** As the importing file says it. */
  readonly name: string;
}

/** The files of the repository, as far as they are written by people. */
export const files: readonly string[] = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard"],
  {
    cwd: root,
    encoding: "utf8",
  },
)
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)));

/** Every package, found and not listed: a new one has to find its place. */
export const packages: readonly Package[] = files
  .filter((path) => path.endsWith("/package.json") && !/\/(fixtures|template)\//.test(path))
  .map((path) => {
    const { name, exports, dependencies = {} } = JSON.parse(readFileSync(join(root, path), "utf8"));
    return { folder: dirname(path), name, exports, dependencies };
  });

export const sources: readonly string[] = files.filter((path) => /\.[mc]?[jt]s$/.test(path));

/** `import("…")` as a value or a type, `require("…")`, and what `createRequire` gives: wherever a name is said in words. */
const calls = /\b(?:import|require|createRequire\([^)]*\))\s*\(\s*["'`]([^"'`$]+)["'`]/g;

/** The module names in a file's imports and exports, those of types as well, and in its calls for modules. */
function modulesIn(path: string): readonly string[] {
  const text = readFileSync(join(root, path), "utf8");
  const { module } = parseSync(path, text);
  const { staticImports, staticExports } = module;
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ...[...text.matchAll(calls)].map(([, name = ""]) => name),
  ];
}

/** The file that a name leads to from a file; undefined for packages from elsewhere. */
function resolved(from: string, name: string): string | undefined {
  if (name.startsWith(".")) return relative(root, join(root, dirname(from), name));
  const home = packages.find((one) => name === one.name || name.startsWith(`${one.name}/`));
  if (!home) return undefined;
  const { folder, exports = "./package.json" } = home;
  const key = `.${name.slice(home.name.length)}`;
  const target = typeof exports === "string" ? (key === "." ? exports : undefined) : exportedAt(key, exports);
  return join(folder, target ?? `${key} (which it does not export)`);
}

/** The target of a key of `exports`, which may be a pattern such as `./commands/*`. */
function exportedAt(key: string, exports: Readonly<Record<string, string>>): string | undefined {
  if (exports[key]) return exports[key];
  for (const [pattern, target] of Object.entries(exports)) {
    const [before = "", after] = pattern.split("*");
    if (after !== undefined && key.startsWith(before) && key.endsWith(after))
      return target.replace("*", key.slice(before.length, key.length - after.length));
  }
  return undefined;
}

/** Every import between files of the repository. */
export const imports: readonly Import[] = sources.flatMap((from) =>
  modulesIn(from).flatMap((name) => {
    const to = resolved(from, name);
    return to === undefined ? [] : [{ from, to, name }];
  }),
);

/** The package that a file is in; undefined for `scripts` and `training`, which are folders of the workspace itself. */
export const packageOf = (path: string): string | undefined =>
  packages
    .map(({ folder }) => folder)
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
