import { asError } from "../errors.ts";
import type { RunnableListener } from "../listener.ts";
import { errorFields, type Logger } from "../log.ts";
import { invocationTrace } from "../trace.ts";
import type { Invoker } from "../worker/invoke.ts";
import { pumpBatches } from "./batch.ts";
import { createClient } from "./client.ts";
import { createDispatcher } from "./dispatch.ts";
import type { ServiceBusFunction } from "./function.ts";
import type { MessagePump, ReportError } from "./pump.ts";
import { pumpSessions } from "./sessions.ts";
import { pumpSingle } from "./single.ts";

interface ServiceBusListenerOptions {
  readonly invoker: Invoker;
  readonly logger: Logger;
  readonly capabilities: Readonly<Record<string, string>>;
}

/** Runs the Service Bus functions of an app, one client for each of their connections. */
export function createServiceBusListener(
  functions: readonly ServiceBusFunction[],
  options: ServiceBusListenerOptions,
): RunnableListener {
  const { invoker, logger } = options;
  const groups = [...Map.groupBy(functions, (fn) => JSON.stringify(fn.connection)).values()];
  const keepEmpty = options.capabilities["IncludeEmptyEntriesInMessagePayload"] !== undefined;
  let stopping = false;
  let opened: Promise<Opened>[] = [];

  const open = async (group: readonly ServiceBusFunction[]): Promise<Opened> => {
    const [first] = group;
    if (!first) return nothingOpened;
    const client = await createClient(first.connection, first.settings);
    const pumps = group.map((fn) => {
      const dispatcher = createDispatcher(fn, { invoker, logger, keepEmpty, stopping: () => stopping });
      return pumpFor(fn)(client, fn, dispatcher, errorReporter(fn, logger));
    });
    return { pumps, close: () => client.close() };
  };

  return {
    start() {
      opened = groups.map(open);
      for (const opening of opened) {
        opening.catch((thrown: unknown) =>
          logger.log({
            category: "Host.ServiceBus",
            level: "critical",
            message: "Service Bus cannot be reached",
            error: errorFields(asError(thrown)),
          }),
        );
      }
    },
    async stop() {
      stopping = true;
      const all = (await Promise.allSettled(opened)).flatMap((outcome) =>
        outcome.status === "fulfilled" ? [outcome.value] : [],
      );
      await Promise.allSettled(all.flatMap(({ pumps }) => pumps.map((pump) => pump.stop())));
      await Promise.allSettled(all.map(({ close }) => close()));
    },
    runs: new Map(
      functions.map((fn) => [
        fn.invocable.name,
        (input) =>
          invoker.invoke(fn.invocable, {
            trace: invocationTrace(),
            reason: "This function was programmatically called via the host APIs.",
            data: { string: typeof input === "string" ? input : JSON.stringify(input ?? "") },
          }),
      ]),
    ),
  };
}

interface Opened {
  readonly pumps: readonly MessagePump[];
  readonly close: () => Promise<void>;
}

const nothingOpened: Opened = { pumps: [], close: () => Promise.resolve() };

function pumpFor(fn: ServiceBusFunction) {
  if (fn.many) return pumpBatches;
  return fn.sessions ? pumpSessions : pumpSingle;
}

function errorReporter(fn: ServiceBusFunction, logger: Logger): ReportError {
  return (thrown) => {
    const error = asError(thrown);
    logger.log({
      category: "Host.ServiceBus",
      functionName: fn.invocable.name,
      level: "error",
      message: `Receiving from ${fn.entity.path} failed and is tried again: ${error.message}`,
      error: errorFields(error),
    });
  };
}
