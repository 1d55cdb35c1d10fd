/** The app cannot be started as it stands: the message names what is wrong and what to do about it. */
export class FunctionAppStartError extends Error {
  override readonly name = "FunctionAppStartError";
  /** The last lines that its process printed, oldest first. */
  readonly output: readonly string[];
  /** The signal that ended its process before it served: nothing that the app has done. Undefined where it failed by itself. */
  readonly killedBy: string | undefined;

  constructor(message: string, { output = [], killedBy, ...options }: FunctionAppStartErrorOptions = {}) {
    super(message, options);
    this.output = output;
    this.killedBy = killedBy;
  }
}

interface FunctionAppStartErrorOptions extends ErrorOptions {
  readonly output?: readonly string[];
  readonly killedBy?: string | undefined;
}

/** A function asks for a binding, trigger or setting that this host does not have. */
export class FunctionBindingError extends Error {
  override readonly name = "FunctionBindingError";
  readonly functionName: string;
  readonly binding: string;

  constructor(functionName: string, binding: string, reason: string) {
    super(`Function "${functionName}", binding "${binding}": ${reason}`);
    this.functionName = functionName;
    this.binding = binding;
  }
}

/** host.json, package.json or an app setting holds something that cannot be read. */
export class HostConfigurationError extends Error {
  override readonly name = "HostConfigurationError";
}

/** An invocation ran longer than `functionTimeout` of host.json allows. */
export class FunctionTimeoutError extends Error {
  override readonly name = "FunctionTimeoutError";
}

/** What was thrown, as an Error: JavaScript allows to throw anything. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
