import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { startStorage } from "@local-azure/storage";

/** The container `state` of a storage account of its own, reached as the services reach theirs. */
export async function startContainer(): Promise<AsyncDisposable & { readonly container: ContainerClient }> {
  const open: (() => Promise<unknown>)[] = [];
  const folder = await mkdtemp(join(tmpdir(), "ratchet-state-"));
  open.push(() => rm(folder, { recursive: true, force: true }));
  const authority = await createCertificateAuthority(folder);
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  open.push(() => identity.close());
  Object.assign(process.env, identity.environment);
  const storage = await startStorage({ tls: authority.server, containers: ["state"] });
  open.push(() => storage.close());
  return {
    container: new BlobServiceClient(storage.blobEndpoint, new DefaultAzureCredential()).getContainerClient("state"),
    async [Symbol.asyncDispose]() {
      for (const close of open.reverse()) await close();
    },
  };
}
