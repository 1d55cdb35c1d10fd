import { availableParallelism } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { ServiceBusClient, ServiceBusSessionReceiver } from "@azure/service-bus";
import { acceptSession } from "./accept-session.ts";
import type { Dispatcher } from "./dispatch.ts";
import type { ServiceBusFunction } from "./function.ts";
import type { MessagePump, ReportError } from "./pump.ts";
import { settleOneKindAtATime } from "./settler.ts";
import { createTracker } from "./tracker.ts";

/** Before the next try to accept a session after an error. */
const pauseAfterErrorMs = 1_000;

/**
 * Sessions, at most `maxConcurrentSessions` at a time; within a session messages in order, at most
 * `maxConcurrentCallsPerSession` at a time. A session is let go once it brought nothing for `sessionIdleTimeout`.
 */
export function pumpSessions(
  client: ServiceBusClient,
  fn: ServiceBusFunction,
  dispatcher: Dispatcher,
  onError: ReportError,
): MessagePump {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { settings } = fn;
  // .NET's session processor waits with no more than this many links for a session at a time.
  let accepting = Math.min(settings.maxConcurrentSessions, 2 * availableParallelism());
  let places = settings.maxConcurrentSessions;
  const work = createTracker();

  const accept = async (): Promise<void> => {
    const session = await acceptSession(client, fn.entity, settings.maxAutoLockRenewalMs, signal).catch(
      async (error: unknown) => {
        onError(error);
        await delay(pauseAfterErrorMs, undefined, { signal }).catch(() => undefined);
        return undefined;
      },
    );
    accepting += 1;
    if (session) {
      void work.track(
        serveSession(session, fn, dispatcher, onError, signal).finally(() => {
          places += 1;
          fill();
        }),
      );
    } else places += 1;
    fill();
  };

  const fill = (): void => {
    while (!signal.aborted && accepting > 0 && places > 0) {
      accepting -= 1;
      places -= 1;
      void work.track(accept());
    }
  };

  fill();
  return {
    async stop() {
      stopping.abort();
      await work.idle();
    },
  };
}

/** Serves one session until it is idle, its lock is lost, or the pump stops. Never rejects. */
async function serveSession(
  session: ServiceBusSessionReceiver,
  fn: ServiceBusFunction,
  dispatcher: Dispatcher,
  onError: ReportError,
  stopping: AbortSignal,
): Promise<void> {
  const settler = settleOneKindAtATime(session);
  const inFlight = createTracker();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let idle: NodeJS.Timeout | undefined;
  const restartIdle = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => (inFlight.count() === 0 ? end() : restartIdle()), fn.settings.sessionIdleTimeoutMs);
  };
  const onStop = (): void => end();
  stopping.addEventListener("abort", onStop);
  if (stopping.aborted) end();
  const subscription = session.subscribe(
    {
      processMessage: async (message) => {
        restartIdle();
        await inFlight.track(dispatcher.one(message, settler));
        restartIdle();
      },
      processError: async ({ error }) => {
        onError(error);
        // Without its lock a session brings no more messages here.
        end();
      },
    },
    { autoCompleteMessages: false, maxConcurrentCalls: fn.settings.maxConcurrentCallsPerSession },
  );
  restartIdle();
  await ended;
  stopping.removeEventListener("abort", onStop);
  clearTimeout(idle);
  try {
    await Promise.all([subscription.close(), inFlight.idle()]);
    await inFlight.idle();
    await session.close();
  } catch (error) {
    onError(error);
  }
}
