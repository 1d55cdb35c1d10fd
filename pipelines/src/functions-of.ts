/**
 * Usage: node pipelines/src/functions-of.ts <folder of an assembled service>
 *
 * Loads the package as the Functions worker would and prints the names of the functions that it registers.
 */
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { settings } from "@ratchet/contracts";

/** The names of the functions that a package registers, sorted. Loading it has its effects: use a process of its own. */
export function functionsOf(folder: string): readonly string[] {
  // Nothing is called while it loads, so any address will do; a package that is not configured does not load.
  for (const name of Object.keys(settings)) process.env[name] ??= "https://localhost";
  const names: string[] = [];
  const core = {
    version: "1.0.0",
    hostVersion: "4.0.0",
    registerHook: () => new Disposable(),
    setProgrammingModel: () => undefined,
    getProgrammingModel: () => undefined,
    log: () => undefined,
    registerFunction: ({ name }: { readonly name: string }) => {
      names.push(name);
      return new Disposable();
    },
    Disposable,
  };
  const { main } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { readonly main: string };
  const load = Module.prototype.require;
  // The worker supplies this module in the same way: it is on no registry.
  Module.prototype.require = function (this: NodeJS.Module, id: string) {
    return id === "@azure/functions-core" ? core : load.call(this, id);
  } as NodeJS.Require;
  try {
    createRequire(import.meta.url)(resolve(folder, main));
  } finally {
    Module.prototype.require = load;
  }
  return names.sort();
}

class Disposable {
  dispose(): void {}
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (!folder) {
    console.error("usage: node pipelines/src/functions-of.ts <folder of an assembled service>");
    process.exit(64);
  }
  console.log(functionsOf(folder).join("\n"));
  // Clients that the package opened would keep the process.
  process.exit(0);
}
