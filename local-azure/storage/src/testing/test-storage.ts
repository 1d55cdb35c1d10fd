import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { vi } from "vitest";
import type { BlobEvent } from "../blob-event.ts";
import { type LocalStorage, type StorageOptions, startStorage } from "../storage.ts";

/** A storage service with the events it has raised, and a client that knows it as a service on Azure would. */
export interface TestStorage extends AsyncDisposable {
  readonly storage: LocalStorage;
  readonly service: BlobServiceClient;
  readonly events: readonly BlobEvent[];
  /** The events about one blob, as soon as there are `count` of them. */
  eventsOf(container: string, blob: string, count?: number): Promise<readonly BlobEvent[]>;
}

/** Certificates and an identity for one test file. */
export async function prepareIdentity(): Promise<{ readonly tls: StorageOptions["tls"] } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "local-azure-storage-"));
  const authority = await createCertificateAuthority(folder);
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  return {
    tls: authority.server,
    [Symbol.asyncDispose]: async () => {
      await identity.close();
      await rm(folder, { recursive: true });
    },
  };
}

export async function startTestStorage(options: StorageOptions): Promise<TestStorage> {
  const events: BlobEvent[] = [];
  const storage = await startStorage({ ...options, onEvent: (event) => void events.push(event) });
  const about = (container: string, blob: string) =>
    events.filter(({ subject }) => subject === `/blobServices/default/containers/${container}/blobs/${blob}`);
  return {
    storage,
    service: new BlobServiceClient(storage.blobEndpoint, new DefaultAzureCredential()),
    events,
    async eventsOf(container, blob, count = 1) {
      await vi.waitUntil(() => about(container, blob).length >= count, { timeout: 10_000 });
      return about(container, blob);
    },
    [Symbol.asyncDispose]: () => storage.close(),
  };
}
