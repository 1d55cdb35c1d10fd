import { randomUUID } from "node:crypto";
import { asError, FunctionTimeoutError } from "../errors.ts";
import { errorFields, type Logger, type LogLevel } from "../log.ts";
import type {
  CoreInvocationContext,
  InvocationRequest,
  InvocationResponse,
  LogCategory,
  RetryContext,
  TraceContext,
  TypedData,
} from "./core-types.ts";
import { type RegisteredFunction, type Registry, runHooks } from "./registry.ts";

/** A function ready to be invoked, with what each invocation of it has in common. */
export interface Invocable {
  readonly name: string;
  readonly triggerName: string;
  readonly registered: RegisteredFunction;
}

interface InvocationInput {
  readonly data: TypedData;
  readonly trace: TraceContext;
  readonly invocationId?: string;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly retryContext?: RetryContext;
  /** Why it runs, for the log: "This function was programmatically called via the host APIs." and the like. */
  readonly reason: string;
}

export interface Invoker {
  /** Runs one invocation; rejects with what the handler threw, or FunctionTimeoutError. */
  invoke(target: Invocable, input: InvocationInput): Promise<InvocationResponse>;
  readonly inFlight: () => number;
  /** Resolves once nothing is in flight. */
  idle(): Promise<void>;
}

interface InvokerOptions {
  readonly registry: Registry;
  readonly logger: Logger;
  readonly timeoutMs: number | undefined;
  /** Called after a time-out: the handler cannot be stopped, so the process has to be replaced. */
  readonly onTimeout: (error: FunctionTimeoutError) => void;
}

/** setTimeout fires at once for anything longer (24.8 days). */
const longestTimerMs = 2 ** 31 - 1;

const noMetadata: Readonly<Record<string, TypedData>> = {};

export function createInvoker(options: InvokerOptions): Invoker {
  const { registry, logger } = options;
  let running = 0;
  const waiting: (() => void)[] = [];

  const invoke = async (target: Invocable, input: InvocationInput): Promise<InvocationResponse> => {
    const invocationId = input.invocationId ?? randomUUID();
    const started = performance.now();
    const category = `Function.${target.name}`;
    const common = { category, functionName: target.name, invocationId, traceParent: input.trace.traceParent };
    const told = logger.enabled(category, "information");
    running += 1;
    if (told)
      logger.log({
        ...common,
        level: "information",
        message: `Executing 'Functions.${target.name}' (Reason='${input.reason}', Id=${invocationId})`,
      });
    try {
      const response = await withTimeout(run(target, invocationId, input), target.name);
      const durationMs = elapsed(started);
      if (told)
        logger.log({
          ...common,
          level: "information",
          durationMs,
          message: `Executed 'Functions.${target.name}' (Succeeded, Id=${invocationId}, Duration=${Math.round(durationMs)}ms)`,
        });
      return response;
    } catch (thrown) {
      const error = asError(thrown);
      const durationMs = elapsed(started);
      logger.log({
        ...common,
        level: "error",
        durationMs,
        error: errorFields(error),
        message: `Executed 'Functions.${target.name}' (Failed, Id=${invocationId}, Duration=${Math.round(durationMs)}ms): ${error.message}`,
      });
      throw thrown;
    } finally {
      running -= 1;
      if (running === 0) for (const resolve of waiting.splice(0)) resolve();
    }
  };

  /** The steps of the real worker's invocation handler. */
  const run = async (target: Invocable, invocationId: string, input: InvocationInput): Promise<InvocationResponse> => {
    const model = registry.model;
    if (!model) throw new Error("No programming model is set: the app does not use @azure/functions v4.");
    const { metadata, callback } = target.registered;
    const hookData = {};
    const request: InvocationRequest = {
      invocationId,
      functionId: target.name,
      inputData: [{ name: target.triggerName, data: input.data }],
      triggerMetadata: input.triggerMetadata ?? noMetadata,
      traceContext: input.trace,
      ...(input.retryContext ? { retryContext: input.retryContext } : {}),
    };
    let invocationContext: unknown;
    const core: CoreInvocationContext = {
      invocationId,
      metadata,
      request,
      state: undefined,
      log: (level, category, message) =>
        logOf(target, invocationId, input.trace, { hookData, invocationContext }, level, category, message),
    };
    const invocation = model.getInvocationModel(core);
    const { context, inputs } = await invocation.getArguments();
    invocationContext = context;

    const shared = { hookData, appHookData: registry.appHookData, invocationContext: context };
    const before = { ...shared, functionCallback: callback, inputs };
    if (registry.hooks.preInvocation.length > 0) {
      core.state = "preInvocationHooks";
      await runHooks(registry, "preInvocation", before);
    }
    const after: { result: unknown; error: unknown } = {
      ...shared,
      ...{ inputs: before.inputs, result: null, error: null },
    };
    core.state = "invocation";
    try {
      after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (thrown) {
      after.error = thrown;
    }
    if (registry.hooks.postInvocation.length > 0) {
      core.state = "postInvocationHooks";
      await runHooks(registry, "postInvocation", after);
    }
    core.state = undefined;
    if (after.error !== null && after.error !== undefined) throw after.error;
    return invocation.getResponse(context, after.result);
  };

  const logOf = (
    target: Invocable,
    invocationId: string,
    trace: TraceContext,
    hookContext: { hookData: object; invocationContext: unknown },
    level: LogLevel,
    logCategory: LogCategory,
    message: string,
  ): void => {
    const hooked = { ...hookContext, appHookData: registry.appHookData, level, message, category: logCategory };
    for (const hook of registry.hooks.log) hook(hooked);
    const category = logCategory === "user" ? `Function.${target.name}.User` : `Function.${target.name}`;
    logger.log({
      category,
      level: hooked.level,
      message: hooked.message,
      functionName: target.name,
      invocationId,
      traceParent: trace.traceParent,
    });
  };

  const withTimeout = <T>(work: Promise<T>, name: string): Promise<T> => {
    const limit = options.timeoutMs;
    if (limit === undefined || limit > longestTimerMs) return work;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        const error = new FunctionTimeoutError(
          `Timeout value of ${limit} ms was exceeded by function: Functions.${name}`,
        );
        reject(error);
        options.onTimeout(error);
      }, limit);
      work.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  };

  return {
    invoke,
    inFlight: () => running,
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

function elapsed(started: number): number {
  return Math.round((performance.now() - started) * 1000) / 1000;
}
