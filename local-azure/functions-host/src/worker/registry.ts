import { FunctionAppStartError } from "../errors.ts";
import type { LogLevel } from "../log.ts";
import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookName,
  LogCategory,
  ProgrammingModel,
} from "./core-types.ts";

/** A function as the app registered it. */
export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** All that an app registers while it loads. After `lock` nothing can be registered any more. */
export interface Registry {
  readonly functions: Map<string, RegisteredFunction>;
  readonly hooks: Readonly<Record<HookName, HookCallback[]>>;
  /** Shared by all hooks of the app. */
  readonly appHookData: Record<string, unknown>;
  /** Shared by the hooks of the app's start and end. */
  readonly appLevelHookData: Record<string, unknown>;
  model: ProgrammingModel | undefined;
  capabilities: Record<string, string>;
  locked: boolean;
}

export function createRegistry(): Registry {
  return {
    functions: new Map(),
    hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] },
    appHookData: {},
    appLevelHookData: {},
    model: undefined,
    capabilities: {},
    locked: false,
  };
}

/** What `require("@azure/functions-core")` gives to the programming model. */
export function createCoreApi(
  registry: Registry,
  log: (level: LogLevel, category: LogCategory, message: string) => void,
) {
  return {
    version: "3.13.0",
    hostVersion: "4.1045.0",
    Disposable,
    registerHook(name: string, callback: HookCallback): Disposable {
      const callbacks = hooksNamed(registry, name);
      callbacks.push(callback);
      return new Disposable(() => {
        const at = callbacks.indexOf(callback);
        if (at >= 0) callbacks.splice(at, 1);
      });
    },
    setProgrammingModel(model: ProgrammingModel): void {
      registry.model = model;
    },
    getProgrammingModel: (): ProgrammingModel | undefined => registry.model,
    log,
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
      if (registry.locked) throw new Error("A function can only be registered during app startup.");
      if (registry.functions.has(metadata.name)) {
        throw new FunctionAppStartError(
          `A function named "${metadata.name}" has already been registered. Give each function its own name.`,
        );
      }
      registry.functions.set(metadata.name, { metadata, callback });
      return new Disposable(() => {
        if (registry.locked) throw new Error("A function can only be disposed during app startup.");
        registry.functions.delete(metadata.name);
      });
    },
  };
}

/** Runs the hooks of a name one after the other, in the order of their registration. */
export async function runHooks(registry: Registry, name: HookName, context: object): Promise<void> {
  for (const callback of registry.hooks[name]) await callback(context);
}

function hooksNamed(registry: Registry, name: string): HookCallback[] {
  const found = Object.entries(registry.hooks).find(([known]) => known === name);
  // The library recognises a worker without log hooks by this RangeError.
  if (!found) throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), { isAzureFunctionsSystemError: true });
  return found[1];
}

class Disposable {
  #callOnDispose: (() => unknown) | undefined;

  static from(...parts: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const part of parts) part.dispose();
    });
  }

  constructor(callOnDispose: () => unknown) {
    this.#callOnDispose = callOnDispose;
  }

  dispose(): void {
    this.#callOnDispose?.();
    this.#callOnDispose = undefined;
  }
}
