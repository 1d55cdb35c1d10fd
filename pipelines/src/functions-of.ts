/**
 * Usage: node pipelines/src/functions-of.ts [--json] <folder of an assembled service>
 *
 * Loads the package as the Functions worker would and prints the names of the functions that it registers; with --json,
 * each with its trigger.
 */
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { settings } from "@ratchet/contracts";

/** A function of a package, and what starts it. */
export interface RegisteredFunction {
  readonly name: string;
  readonly trigger: Trigger;
}

/** A trigger in the words of Azure Functions: `serviceBusTrigger` with its `queueName`, `httpTrigger` with its `route`. */
interface Trigger {
  readonly type: string;
  readonly [setting: string]: unknown;
}

/** What the library for Node tells the worker of a function. */
interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Trigger>>;
}

/** The functions that a package registers, by name. Loading it has its effects: use a process of its own. */
function functionsOf(folder: string): readonly RegisteredFunction[] {
  // Nothing is called while it loads, so any address will do; a package that is not configured does not load.
  for (const name of Object.keys(settings)) process.env[name] ??= "https://localhost";
  const functions: RegisteredFunction[] = [];
  const core = {
    version: "1.0.0",
    hostVersion: "4.0.0",
    registerHook: () => new Disposable(),
    setProgrammingModel: () => undefined,
    getProgrammingModel: () => undefined,
    log: () => undefined,
    registerFunction: ({ name, bindings }: FunctionMetadata) => {
      functions.push({ name, trigger: triggerOf(bindings) });
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
  return functions.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Of the bindings of a function exactly one starts it. */
function triggerOf(bindings: FunctionMetadata["bindings"]): Trigger {
  const [trigger] = Object.values(bindings).filter(({ type }) => type.endsWith("Trigger"));
  if (!trigger) throw new TypeError("A function without a trigger was registered.");
  const { type, name: _, direction: __, properties: ___, ...settings } = trigger;
  return { type, ...settings };
}

class Disposable {
  dispose(): void {}
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
  const [folder] = positionals;
  if (!folder) {
    console.error("usage: node pipelines/src/functions-of.ts [--json] <folder of an assembled service>");
    process.exit(64);
  }
  const functions = functionsOf(folder);
  console.log(values.json ? JSON.stringify(functions, null, 2) : functions.map(({ name }) => name).join("\n"));
  // Clients that the package opened would keep the process.
  process.exit(0);
}
