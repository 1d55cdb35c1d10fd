import { type ServiceBusClient, ServiceBusError, type ServiceBusSessionReceiver } from "@azure/service-bus";
import type { ServiceBusEntity } from "./function.ts";

/** Waits for the next session that has messages; undefined if there was none in time, or `signal` told to stop. */
export async function acceptSession(
  client: ServiceBusClient,
  entity: ServiceBusEntity,
  maxAutoLockRenewalDurationInMs: number,
  signal: AbortSignal,
): Promise<ServiceBusSessionReceiver | undefined> {
  const options = {
    receiveMode: "peekLock",
    skipParsingBodyAsJson: true,
    maxAutoLockRenewalDurationInMs,
    abortSignal: signal,
  } as const;
  try {
    return await ("queue" in entity
      ? client.acceptNextSession(entity.queue, options)
      : client.acceptNextSession(entity.topic, entity.subscription, options));
  } catch (error) {
    if (signal.aborted) return undefined;
    // No session has messages: that is the normal case.
    if (error instanceof ServiceBusError && (error.code === "ServiceTimeout" || error.code === "SessionCannotBeLocked"))
      return undefined;
    throw error;
  }
}
