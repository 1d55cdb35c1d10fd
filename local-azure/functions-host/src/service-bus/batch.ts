import { setTimeout as delay } from "node:timers/promises";
import {
  type ServiceBusClient,
  ServiceBusError,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from "@azure/service-bus";
import { acceptSession } from "./accept-session.ts";
import type { Dispatcher } from "./dispatch.ts";
import type { ServiceBusFunction } from "./function.ts";
import type { MessagePump, ReportError } from "./pump.ts";
import { openReceiver } from "./single.ts";

/** The SDK waits a second for further messages once it has one; .NET takes what is there. */
const gatherMs = 50;

/** Before the next try after an error. */
const pauseAfterErrorMs = 1_000;

/**
 * Arrays of messages, one array at a time; locks are not renewed, as on Azure. An array is settled as a whole, and before
 * the next is received: so its receiver never settles two kinds at once.
 */
export function pumpBatches(
  client: ServiceBusClient,
  fn: ServiceBusFunction,
  dispatcher: Dispatcher,
  onError: ReportError,
): MessagePump {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = fn.sessions ? sessionBatches : queueBatches;
  const loop = run(client, fn, dispatcher, onError, signal);
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

async function queueBatches(
  client: ServiceBusClient,
  fn: ServiceBusFunction,
  dispatcher: Dispatcher,
  onError: ReportError,
  signal: AbortSignal,
): Promise<void> {
  const receiver = openReceiver(client, fn.entity, 0);
  while (!signal.aborted) {
    await nextBatch(receiver, fn, fn.settings.retry.tryTimeoutMs, signal).then(
      (messages) => (messages.length > 0 ? dispatcher.many(messages, receiver) : undefined),
      (error: unknown) => recover(error, onError, signal),
    );
  }
  await receiver.close();
}

async function sessionBatches(
  client: ServiceBusClient,
  fn: ServiceBusFunction,
  dispatcher: Dispatcher,
  onError: ReportError,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const session = await acceptSession(client, fn.entity, 0, signal);
      if (!session) continue;
      try {
        for (
          let messages = await nextBatch(session, fn, fn.settings.sessionIdleTimeoutMs, signal);
          messages.length > 0;
        ) {
          await dispatcher.many(messages, session);
          messages = signal.aborted ? [] : await nextBatch(session, fn, fn.settings.sessionIdleTimeoutMs, signal);
        }
      } finally {
        await session.close();
      }
    } catch (error) {
      await recover(error, onError, signal);
    }
  }
}

/** As soon as there is a message: it and what else is there, up to `maxMessageBatchSize`; `minMessageBatchSize` waits longer. */
async function nextBatch(
  receiver: ServiceBusReceiver,
  fn: ServiceBusFunction,
  waitMs: number,
  signal: AbortSignal,
): Promise<ServiceBusReceivedMessage[]> {
  const { maxMessageBatchSize: most, minMessageBatchSize: least, maxBatchWaitMs } = fn.settings;
  const batch = await receiver.receiveMessages(1, { maxWaitTimeInMs: waitMs, abortSignal: signal });
  if (batch.length === 0) return [];
  const deadline = Date.now() + maxBatchWaitMs;
  do {
    if (batch.length >= most) break;
    batch.push(...(await receiver.receiveMessages(most - batch.length, { maxWaitTimeInMs: gatherMs })));
  } while (batch.length < Math.min(least, most) && Date.now() < deadline && !signal.aborted);
  return batch;
}

async function recover(error: unknown, onError: ReportError, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  onError(error);
  const retryAtOnce = error instanceof ServiceBusError && error.code === "SessionLockLost";
  if (!retryAtOnce) await delay(pauseAfterErrorMs, undefined, { signal }).catch(() => undefined);
}
