import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceBusAdministrationClient } from "@azure/service-bus";
import { createCertificateAuthority, trustCertificateAuthority } from "@local-azure/identity";
import { type ServiceBus, type ServiceBusOptions, startServiceBus } from "./service-bus.ts";

/** A broker that serves TLS with a certificate that this process trusts, and an administration client of it. */
export async function administered(options: ServiceBusOptions): Promise<{
  readonly bus: ServiceBus;
  readonly administration: ServiceBusAdministrationClient;
}> {
  const folder = await mkdtemp(join(tmpdir(), "service-bus-test-"));
  const { server, caCertificate } = await createCertificateAuthority(folder);
  await rm(folder, { recursive: true });
  trustCertificateAuthority(caCertificate);
  const bus = await startServiceBus({ tls: server, ...options });
  return { bus, administration: new ServiceBusAdministrationClient(bus.connectionString) };
}

/** Waits until it is so; fails at the deadline. */
export async function until(isSo: () => boolean | Promise<boolean>, patience = 10_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`What was awaited did not come about in ${patience} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
