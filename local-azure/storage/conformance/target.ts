import { randomUUID } from "node:crypto";
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { GenericContainer, getContainerRuntimeClient, Wait } from "testcontainers";
import { afterAll, beforeAll, describe } from "vitest";
import { startStorage } from "../src/index.ts";
import { prepareIdentity } from "../src/testing/test-storage.ts";

/** A blob service that behaviours are tried against. */
interface BlobService {
  readonly client: BlobServiceClient;
  close(): Promise<void>;
}

interface Target {
  readonly name: string;
  /** Why it cannot be had here; undefined where it can. */
  readonly missing: string | undefined;
  readonly start: () => Promise<BlobService>;
}

/** An image may have to be fetched first. */
const containerStartMs = 5 * 60_000;
const blobPort = 10_000;

/** Azurite's own account, the same everywhere and so no secret. */
const emulatorAccount = new StorageSharedKeyCredential(
  "devstoreaccount1",
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
);

const account = process.env["STORAGE_CONNECTION_STRING"];
const hasDocker = await getContainerRuntimeClient().then(
  () => true,
  () => false,
);

const targets: readonly Target[] = [
  { name: "embedded", missing: undefined, start: startEmbedded },
  { name: "the Azurite image", missing: hasDocker ? undefined : "no Docker daemon answers", start: startImage },
  {
    name: "real account",
    missing: account === undefined ? "STORAGE_CONNECTION_STRING is not set" : undefined,
    start: async () => ({ client: BlobServiceClient.fromConnectionString(account ?? ""), close: async () => {} }),
  },
];

/**
 * Declares behaviours against every target that is there, and says of the others why they are skipped.
 * @param declare gets a function that makes a container of its own for a test.
 */
export function behaviours(title: string, declare: (container: () => Promise<ContainerClient>) => void): void {
  for (const { name, missing, start } of targets) {
    if (missing !== undefined) console.log(`SKIPPED: ${title} against ${name}: ${missing}.`);
    describe.skipIf(missing !== undefined)(`${title} (${name})`, () => {
      let service: BlobService | undefined;
      const made: ContainerClient[] = [];
      beforeAll(async () => {
        service = await start();
      }, containerStartMs);
      afterAll(async () => {
        for (const container of made) await container.delete();
        await service?.close();
      });
      declare(async () => {
        if (!service) throw new Error(`${name} has not started.`);
        const container = service.client.getContainerClient(`conformance-${randomUUID()}`);
        await container.create();
        made.push(container);
        return container;
      });
    });
  }
}

async function startEmbedded(): Promise<BlobService> {
  const identity = await prepareIdentity();
  const storage = await startStorage({ tls: identity.tls });
  const key = new StorageSharedKeyCredential(storage.accountName, storage.accountKey);
  return {
    client: new BlobServiceClient(storage.blobEndpoint, key),
    async close() {
      await storage.close();
      await identity[Symbol.asyncDispose]();
    },
  };
}

async function startImage(): Promise<BlobService> {
  const container = await new GenericContainer("mcr.microsoft.com/azure-storage/azurite:latest")
    .withCommand(["azurite-blob", "--blobHost", "0.0.0.0", "--skipApiVersionCheck", "--inMemoryPersistence"])
    .withExposedPorts(blobPort)
    .withWaitStrategy(Wait.forLogMessage(/Blob service successfully listens/))
    .start();
  const endpoint = `http://${container.getHost()}:${container.getMappedPort(blobPort)}/${emulatorAccount.accountName}`;
  return {
    client: new BlobServiceClient(endpoint, emulatorAccount),
    async close() {
      await container.stop();
    },
  };
}
