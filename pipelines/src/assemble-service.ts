/**
 * Usage: node pipelines/src/assemble-service.ts <service> <folder>
 *
 * Lays out what a service's app is published as: bundle, host.json, a package.json that names the bundle, and the native
 * packages that cannot be bundled, with the binaries of Linux on x64 only.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { bundleService } from "./bundle-service.ts";

const servicesFolder = resolve(import.meta.dirname, "..", "..", "services");

/** Native packages, each with what it needs beside itself. */
const nativePackages: Readonly<Record<string, readonly string[]>> = { "onnxruntime-node": ["onnxruntime-common"] };

/**
 * Lays out the package of a service in a folder.
 * @throws {RangeError} when there is no such service.
 */
export async function assembleService(service: string, folder: string): Promise<void> {
  const source = join(servicesFolder, service);
  if (!existsSync(join(source, "src", "functions.ts")))
    throw new RangeError(`There is no service ${service}: ${source} has no src/functions.ts.`);
  mkdirSync(folder, { recursive: true });
  await bundleService(source, resolve(folder, "dist", "functions.cjs"));
  cpSync(join(source, "host.json"), join(folder, "host.json"));
  const { name, version, dependencies = {} } = readPackage(source);
  // Without dependencies: nothing is to be installed where this is published.
  const published = { name, version, main: "dist/functions.cjs" };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
  for (const [native, companions] of Object.entries(nativePackages)) {
    if (!(native in dependencies)) continue;
    const home = realpathSync(join(source, "node_modules", native));
    copyPackage(native, home, folder);
    for (const companion of companions) copyPackage(companion, packageHome(companion, home), folder);
  }
}

function copyPackage(name: string, home: string, folder: string): void {
  cpSync(home, join(folder, "node_modules", name), {
    recursive: true,
    filter: (file) => isNeeded(relative(home, file).split(sep)),
  });
}

/** Neither other packages, nor sources, nor what runs at install time, nor binaries for other machines. */
function isNeeded([first = "", ...path]: readonly string[]): boolean {
  if (["node_modules", "lib", "script"].includes(first)) return false;
  if (first !== "bin") return path.length > 0 || first === "" || first === "dist" || first === "package.json";
  return ["napi-v6", "linux", "x64"].every((part, index) => path[index] === undefined || path[index] === part);
}

function packageHome(name: string, from: string): string {
  let folder = dirname(createRequire(join(from, "package.json")).resolve(name));
  while (!existsSync(join(folder, "package.json")) || readPackage(folder).name !== name) folder = dirname(folder);
  return folder;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const readPackage = (folder: string): Package => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

if (import.meta.main) {
  const [service, folder] = process.argv.slice(2);
  if (!service || !folder) {
    console.error("usage: node pipelines/src/assemble-service.ts <service> <folder>");
    process.exit(64);
  }
  await assembleService(service, folder);
}
