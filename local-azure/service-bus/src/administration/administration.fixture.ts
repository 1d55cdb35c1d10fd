import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceBusAdministrationClient, ServiceBusClient } from "@azure/service-bus";
import { createCertificateAuthority, trustCertificateAuthority } from "@local-azure/identity";
import { type ServiceBus, type ServiceBusOptions, startServiceBus } from "../service-bus.ts";

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

export const startAdministered = async (options: ServiceBusOptions = {}): Promise<Administered> => {
  const folder = await mkdtemp(join(tmpdir(), "service-bus-administration-"));
  const { server, caCertificate } = await createCertificateAuthority(folder);
  trustCertificateAuthority(caCertificate);
  const bus = await startServiceBus({ ...options, tls: { cert: server.cert, key: server.key } });
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
      await rm(folder, { recursive: true });
    },
  };
};
