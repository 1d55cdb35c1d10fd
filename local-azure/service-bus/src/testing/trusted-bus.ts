import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority, trustCertificateAuthority } from "@local-azure/identity";
import { type ServiceBus, type ServiceBusOptions, startServiceBus } from "../service-bus.ts";

/** A broker that serves TLS with a certificate that this process trusts. */
export async function startTrustedBus(options: ServiceBusOptions = {}): Promise<ServiceBus> {
  const folder = await mkdtemp(join(tmpdir(), "service-bus-test-"));
  const { server, caCertificate } = await createCertificateAuthority(folder);
  await rm(folder, { recursive: true });
  trustCertificateAuthority(caCertificate);
  return startServiceBus({ tls: { cert: server.cert, key: server.key }, ...options });
}
