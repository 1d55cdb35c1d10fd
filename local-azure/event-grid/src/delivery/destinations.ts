import type { TokenCredential } from "@azure/service-bus";
import type { Deliver } from "./delivery.ts";
import { deliverToServiceBus, type ServiceBusNamespace } from "./service-bus.ts";
import { deliverByWebHook } from "./webhook.ts";

/** Every kind of destination behind one function. */
interface Destinations {
  readonly deliver: Deliver;
  /** Cuts off calls under way. */
  abort(): void;
  close(): Promise<void>;
}

export function openDestinations(
  serviceBus: ServiceBusNamespace | undefined,
  credentialOf?: (topic: string) => TokenCredential,
): Destinations {
  const closing = new AbortController();
  const webHook = deliverByWebHook({ closing: closing.signal });
  const bus = serviceBus && deliverToServiceBus(serviceBus, closing.signal, credentialOf);
  const noBus: Deliver = async () => ({
    delivered: false,
    outcome: "NotFound",
    status: 404,
    description: "Event Grid was started without a Service Bus namespace.",
  });
  return {
    deliver: (delivery, subscription) => {
      const deliver = subscription.destination.endpointType === "WebHook" ? webHook : (bus?.deliver ?? noBus);
      return deliver(delivery, subscription);
    },
    abort: () => closing.abort(),
    close: async () => bus?.close(),
  };
}
