import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { asError } from "../errors.ts";
import { errorFields, type Logger } from "../log.ts";
import { invocationTrace } from "../trace.ts";
import type { TraceContext, TypedData } from "../worker/core-types.ts";
import type { Invoker } from "../worker/invoke.ts";
import type { ServiceBusFunction } from "./function.ts";
import { batchMetadata, bodiesData, bodyData, messageMetadata } from "./message-data.ts";
import type { Settler } from "./settler.ts";

/** Settles by `settler`, many at once: of a receiver that is shared, only `settleOneKindAtATime` will do. */
export interface Dispatcher {
  /** One message, one invocation. Never rejects. */
  one(message: ServiceBusReceivedMessage, settler: Settler): Promise<void>;
  /** All messages in one invocation. Never rejects. */
  many(messages: readonly ServiceBusReceivedMessage[], settler: Settler): Promise<void>;
}

interface DispatcherOptions {
  readonly invoker: Invoker;
  readonly logger: Logger;
  /** Whether the app asked for empty entries in the arrays of a batch. */
  readonly keepEmpty: boolean;
  readonly stopping: () => boolean;
}

/**
 * Runs the function and settles by its outcome: success completes (unless autoCompleteMessages is off),
 * failure abandons whatever autoCompleteMessages says.
 */
export function createDispatcher(fn: ServiceBusFunction, options: DispatcherOptions): Dispatcher {
  const run = async (
    messages: readonly ServiceBusReceivedMessage[],
    settler: Settler,
    trace: TraceContext,
    data: TypedData,
    metadata: Record<string, TypedData>,
  ): Promise<void> => {
    if (options.stopping()) return settleAll(messages, (message) => settler.abandonMessage(message), "abandon");
    try {
      await options.invoker.invoke(fn.invocable, {
        data,
        trace,
        reason: `New ServiceBus message detected on '${fn.entity.path}'.`,
        triggerMetadata: { ...metadata, sys: systemData(fn.invocable.name) },
      });
    } catch {
      return settleAll(messages, (message) => settler.abandonMessage(message), "abandon");
    }
    if (fn.autoComplete) await settleAll(messages, (message) => settler.completeMessage(message), "complete");
  };

  /** A lock that was lost meanwhile is no reason to stop: the message comes again. */
  const settleAll = async (
    messages: readonly ServiceBusReceivedMessage[],
    settle: (message: ServiceBusReceivedMessage) => Promise<void>,
    verb: string,
  ): Promise<void> => {
    const outcomes = await Promise.allSettled(messages.map(settle));
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue;
      options.logger.log({
        category: "Host.ServiceBus",
        functionName: fn.invocable.name,
        level: "error",
        message: `Could not ${verb} a message of ${fn.entity.path}`,
        error: errorFields(asError(outcome.reason)),
      });
    }
  };

  return {
    one: (message, settler) =>
      run([message], settler, traceOf(message), bodyData(message, fn.binary), messageMetadata(message)),
    many: (messages, settler) =>
      run(
        messages,
        settler,
        invocationTrace(),
        bodiesData(messages, fn.binary, options.keepEmpty),
        batchMetadata(messages, options.keepEmpty),
      ),
  };
}

/** The sender's trace: `traceparent` by the W3C, `Diagnostic-Id` by the SDKs of Azure. */
function traceOf(message: ServiceBusReceivedMessage): TraceContext {
  const properties = message.applicationProperties ?? {};
  const parent = properties["traceparent"] ?? properties["Diagnostic-Id"];
  const state = properties["tracestate"];
  return invocationTrace(
    typeof parent === "string" ? parent : undefined,
    typeof state === "string" ? state : undefined,
  );
}

function systemData(functionName: string): TypedData {
  return {
    json: JSON.stringify({ MethodName: functionName, UtcNow: new Date().toISOString(), RandGuid: crypto.randomUUID() }),
  };
}
