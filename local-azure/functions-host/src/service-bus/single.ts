import type { ProcessErrorArgs, ServiceBusClient, ServiceBusReceiver } from "@azure/service-bus";
import type { Dispatcher } from "./dispatch.ts";
import type { ServiceBusEntity, ServiceBusFunction } from "./function.ts";
import type { MessagePump, ReportError } from "./pump.ts";
import { settleOneKindAtATime } from "./settler.ts";
import { createTracker } from "./tracker.ts";

/** Messages one by one, at most `maxConcurrentCalls` at a time, locks renewed while a handler runs. */
export function pumpSingle(
  client: ServiceBusClient,
  fn: ServiceBusFunction,
  dispatcher: Dispatcher,
  onError: ReportError,
): MessagePump {
  const { settings } = fn;
  const receiver = openReceiver(client, fn.entity, settings.maxAutoLockRenewalMs);
  const settler = settleOneKindAtATime(receiver);
  const inFlight = createTracker();
  const subscription = receiver.subscribe(
    {
      processMessage: (message) => inFlight.track(dispatcher.one(message, settler)),
      processError: async (args: ProcessErrorArgs) => onError(args.error),
    },
    { autoCompleteMessages: false, maxConcurrentCalls: settings.maxConcurrentCalls },
  );
  return {
    async stop() {
      // Both at once: closing the subscription waits for the credit to come back.
      await Promise.all([subscription.close(), inFlight.idle()]);
      await inFlight.idle();
      await receiver.close();
    },
  };
}

/** A peek-lock receiver that leaves bodies as they are: the library of the app parses them. */
export function openReceiver(
  client: ServiceBusClient,
  entity: ServiceBusEntity,
  maxAutoLockRenewalDurationInMs: number,
): ServiceBusReceiver {
  const options = { receiveMode: "peekLock", skipParsingBodyAsJson: true, maxAutoLockRenewalDurationInMs } as const;
  return "queue" in entity
    ? client.createReceiver(entity.queue, options)
    : client.createReceiver(entity.topic, entity.subscription, options);
}
