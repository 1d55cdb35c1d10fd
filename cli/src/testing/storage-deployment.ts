import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority, startManagedIdentity } from "@local-azure/identity";
import { startStorage } from "@local-azure/storage";
import { containers } from "@ratchet/contracts";
import { connectLocal, type Deployment } from "../deployment.ts";

/** A deployment that has real storage and nothing else: enough for what only reads and writes blobs. */
export interface StorageDeployment extends AsyncDisposable {
  readonly deployment: Deployment;
  /** A folder for the test's own files. */
  readonly folder: string;
}

export async function startStorageDeployment(): Promise<StorageDeployment> {
  const folder = await mkdtemp(join(tmpdir(), "ratchet-cli-"));
  const authority = await createCertificateAuthority(join(folder, "certificates"));
  const identity = await startManagedIdentity();
  const storage = await startStorage({ tls: authority.server, containers: Object.keys(containers) });
  const deployment = await connectLocal({
    settings: { STORAGE_BLOB_ENDPOINT: storage.blobEndpoint },
    identity: identity.environment,
    caCertificatePath: authority.caCertificatePath,
    processId: process.pid,
  });
  return {
    deployment,
    folder,
    async [Symbol.asyncDispose]() {
      await deployment.close();
      await storage.close();
      await identity.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
