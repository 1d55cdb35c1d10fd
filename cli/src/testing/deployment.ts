import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority, startManagedIdentity } from "@local-azure/identity";
import { startServiceBus } from "@local-azure/service-bus";
import { startStorage } from "@local-azure/storage";
import { containers } from "@ratchet/contracts";
import { connectLocal, type Deployment } from "../deployment.ts";
import { localTopology } from "../local/topology.ts";

/** A deployment with real storage and real queues, and no service at work: what is put into them stays there. */
export interface TestDeployment extends AsyncDisposable {
  readonly deployment: Deployment;
  /** A folder for the test's own files. */
  readonly folder: string;
}

export async function startTestDeployment(): Promise<TestDeployment> {
  const folder = await mkdtemp(join(tmpdir(), "ratchet-cli-"));
  const authority = await createCertificateAuthority(join(folder, "certificates"));
  const identity = await startManagedIdentity();
  const storage = await startStorage({ tls: authority.server, containers: Object.keys(containers) });
  const bus = await startServiceBus({ ...localTopology("no Python").serviceBus, tls: authority.server });
  const deployment = await connectLocal({
    settings: {
      STORAGE_BLOB_ENDPOINT: storage.blobEndpoint,
      ServiceBus__fullyQualifiedNamespace: bus.fullyQualifiedNamespace,
      // Nothing here states events.
      EVENT_GRID_TOPIC_ENDPOINT: "https://topic.invalid/api/events",
    },
    identity: identity.environment,
    caCertificatePath: authority.caCertificatePath,
    processId: process.pid,
  });
  return {
    deployment,
    folder,
    async [Symbol.asyncDispose]() {
      await deployment.close();
      await bus.close();
      await storage.close();
      await identity.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
