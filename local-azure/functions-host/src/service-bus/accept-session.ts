import { type ServiceBusClient, ServiceBusError, type ServiceBusSessionReceiver } from "@azure/service-bus";
import type { ServiceBusEntity } from "./function.ts";

/** Waits for the next session that has messages; undefined if there was none in time, or `signal` told to stop. */
export async function acceptSession(
  client: ServiceBusClient,
  entity: ServiceBusEntity,
  maxAutoLockRenewalDurationInMs: number,
  signal: AbortSignal,
): Promise<ServiceBusSessionReceiver | undefined> {
  const options = { receiveMode: "peekLock", skipParsingBodyAsJson: true, maxAutoLockRenewalDurationInMs } as const;
  const accepting =
    "queue" in entity
      ? client.acceptNextSession(entity.queue, options)
      : client.acceptNextSession(entity.topic, entity.subscription, options);
  const accepted = accepting.catch((error: unknown) => {
    if (signal.aborted || isNoSession(error)) return undefined;
    throw error;
  });
  // The SDK's own abort signal has no effect once its link waits for a session.
  const stopped = Promise.withResolvers<undefined>();
  const onAbort = (): void => stopped.resolve(undefined);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  const session = await Promise.race([accepted, stopped.promise]).finally(() =>
    signal.removeEventListener("abort", onAbort),
  );
  if (session === undefined && signal.aborted) {
    accepted.then(
      (late) => late?.close(),
      () => undefined,
    );
  }
  return session;
}

/** No session has messages: that is the normal case. */
function isNoSession(error: unknown): boolean {
  return (
    error instanceof ServiceBusError && (error.code === "ServiceTimeout" || error.code === "SessionCannotBeLocked")
  );
}
