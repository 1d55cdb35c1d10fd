import { ServiceBusAdministrationClient, ServiceBusClient } from "@azure/service-bus";
import type { ServiceBus, ServiceBusOptions } from "../service-bus.ts";
import { startTrustedBus } from "./trusted-bus.ts";

/** A running namespace with unmodified clients of it. */
export interface Administered {
  readonly client: ServiceBusAdministrationClient;
  readonly messages: ServiceBusClient;
  readonly bus: ServiceBus;
  /** `localhost:<port>` */
  readonly host: string;
  /** One plain HTTPS request. */
  readonly request: (path: string, init?: RequestInit) => Promise<{ readonly status: number; readonly body: string }>;
  readonly close: () => Promise<void>;
}

export async function startAdministered(options: ServiceBusOptions = {}): Promise<Administered> {
  const bus = await startTrustedBus(options);
  const host = bus.fullyQualifiedNamespace;
  const messages = new ServiceBusClient(bus.connectionString);
  return {
    client: new ServiceBusAdministrationClient(bus.connectionString, { retryOptions: { maxRetries: 0 } }),
    messages,
    bus,
    host,
    request: async (path, init) => {
      const response = await fetch(`https://${host}/${path}`, init);
      return { status: response.status, body: await response.text() };
    },
    close: async () => {
      await messages.close();
      await bus.close();
    },
  };
}
