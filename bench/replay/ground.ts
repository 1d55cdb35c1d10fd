import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { DefaultAzureCredential } from "@azure/identity";
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient } from "@azure/storage-blob";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { startStorage } from "@local-azure/storage";
import type { Surroundings } from "@ratchet/operators";
import { azureBlobs, documentStore } from "@ratchet/state";
import { end } from "../lib/process.ts";

/** A durable broker in a process of its own, storage that keeps records, and an operator on them. */
export interface Ground extends AsyncDisposable {
  readonly surroundings: Surroundings;
  readonly client: ServiceBusClient;
  /** What another process needs to go on. */
  readonly place: { readonly connectionString: string; readonly blobEndpoint: string; readonly certificate: string };
}

export async function startGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), "bench-replay-"));
  const program = join(import.meta.dirname, "broker-process.ts");
  const broker = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, join(folder, "broker")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [connectionString = ""] = (await once(createInterface(broker.stdout), "line")) as readonly string[];
  const authority = await createCertificateAuthority(join(folder, "certificates"));
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  const storage = await startStorage({ tls: authority.server, containers: ["operations", "event-dead-letters"] });
  const account = new BlobServiceClient(storage.blobEndpoint, new DefaultAzureCredential());
  const client = new ServiceBusClient(connectionString);
  const operations = azureBlobs(account.getContainerClient("operations"));
  return {
    client,
    place: { connectionString, blobEndpoint: storage.blobEndpoint, certificate: authority.caCertificatePath },
    surroundings: {
      by: "bench",
      worker: `bench/${process.pid}`,
      client: () => client,
      operations,
      documents: documentStore(operations),
      undelivered: azureBlobs(account.getContainerClient("event-dead-letters")),
      clock: () => new Date(),
      pause: async (milliseconds) => void (await pause(milliseconds)),
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await storage.close();
      await identity.close();
      await end(broker);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
