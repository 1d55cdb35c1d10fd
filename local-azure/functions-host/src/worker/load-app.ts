import { globSync, readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { asError, FunctionAppStartError } from "../errors.ts";
import { loopbackServers } from "./loopback.ts";
import { type Registry, runHooks } from "./registry.ts";

const coreModule = "@azure/functions-core";

/**
 * Loads an app the way the Node worker does: everything that `package.json.main` matches is
 * required or imported, then the start hooks run, then registration is closed.
 * @throws {FunctionAppStartError} when an entry point is missing or fails.
 */
export async function loadApp(directory: string, coreApi: object, registry: Registry): Promise<void> {
  supplyCoreModule(coreApi);
  const manifest = readManifest(directory);
  for (const file of entryPoints(directory, manifest.main)) {
    await loadEntryPoint(join(directory, file), manifest.type === "module").catch((thrown: unknown) => {
      const error = asError(thrown);
      throw new FunctionAppStartError(`Entry point "${file}" failed to load: ${error.message}`, { cause: error });
    });
  }
  await runHooks(registry, "appStart", {
    hookData: registry.appLevelHookData,
    appHookData: registry.appHookData,
    functionAppDirectory: directory,
  });
  const model = registry.model;
  if (model?.getCapabilities) {
    registry.capabilities = await loopbackServers(
      () => model.getCapabilities?.({ ...workerCapabilities }) ?? Promise.resolve({}),
    );
  }
  registry.locked = true;
}

/** What the real worker tells the host about itself. */
const workerCapabilities: Readonly<Record<string, string>> = {
  RawHttpBodyBytes: "true",
  RpcHttpTriggerMetadataRemoved: "true",
  RpcHttpBodyOnly: "true",
  IgnoreEmptyValuedRpcHttpHeaders: "true",
  UseNullableValueDictionaryForHttp: "true",
  WorkerStatus: "true",
  TypedDataCollection: "true",
  HandlesWorkerTerminateMessage: "true",
};

/** The module exists nowhere on disk: like the real worker, answer for it wherever it is required. */
function supplyCoreModule(coreApi: object): void {
  Module.prototype.require = new Proxy(Module.prototype.require, {
    apply: (target, self, args: [string]) => (args[0] === coreModule ? coreApi : Reflect.apply(target, self, args)),
  });
}

interface Manifest {
  readonly main: string;
  readonly type: unknown;
}

function readManifest(directory: string): Manifest {
  let manifest: { readonly main?: unknown; readonly type?: unknown };
  try {
    manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  } catch (thrown) {
    throw new FunctionAppStartError(`package.json of ${directory} cannot be read: ${asError(thrown).message}`);
  }
  if (typeof manifest.main !== "string" || manifest.main === "") {
    throw new FunctionAppStartError(
      `package.json of ${directory} has no "main": set it to the file, or a glob of files, that registers the functions.`,
    );
  }
  return { main: manifest.main, type: manifest.type };
}

function entryPoints(directory: string, pattern: string): string[] {
  const files = globSync(pattern, { cwd: directory }).sort();
  if (files.length === 0) {
    throw new FunctionAppStartError(
      `package.json "main" is "${pattern}", which matches no file in ${directory}. Build the app, or mend the pattern.`,
    );
  }
  return files;
}

async function loadEntryPoint(path: string, packageIsModule: boolean): Promise<void> {
  const isModule = path.endsWith(".mjs") || (packageIsModule && !path.endsWith(".cjs"));
  if (isModule) await import(pathToFileURL(path).href);
  else createRequire(path)(path);
}
