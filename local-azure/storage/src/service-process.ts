import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type BlobServer, createBlobServer } from "./azurite.ts";
import { blobEvent, createSequencer } from "./blob-event.ts";
import { observeBlobs } from "./observe-blobs.ts";
import type { MessageFromService, MessageToService, ServiceSettings } from "./process-messages.ts";

/*
 * The child process that Azurite runs in. It ends when told to, and when its parent is gone: then the channel closes.
 * In both cases Azurite writes its metadata first.
 */

let server: BlobServer | undefined;

process.on("message", async (message: MessageToService) => {
  if (message.kind === "close") return end();
  try {
    server = await serve(message.settings);
    const { port } = server.httpServer.address() as AddressInfo;
    say({ kind: "started", port });
  } catch (error) {
    say({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
    process.disconnect();
  }
});
process.on("disconnect", () => void end());
// The terminal sends its signals to the whole group: the parent closes this process when it is ready to.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => void end());

async function serve(settings: ServiceSettings): Promise<BlobServer> {
  const blobServer = createBlobServer(settings);
  const nextSequencer = createSequencer(new Date());
  observeBlobs(blobServer.metadataStore, (change) => {
    const { port } = blobServer.httpServer.address() as AddressInfo;
    const blobEndpoint = `https://localhost:${port}/${settings.accountName}`;
    const source = { resourceId: settings.resourceId, blobEndpoint, nextSequencer };
    say({ kind: "event", event: blobEvent(change, source) });
  });
  await blobServer.start();
  for (const name of settings.containers) await createContainer(blobServer, settings.accountName, name);
  return blobServer;
}

async function createContainer(blobServer: BlobServer, accountName: string, name: string): Promise<void> {
  const properties = {
    etag: `"0x${Date.now().toString(16).toUpperCase()}"`,
    lastModified: new Date(),
    leaseStatus: "unlocked",
    leaseState: "available",
    hasImmutabilityPolicy: false,
    hasLegalHold: false,
  };
  try {
    await blobServer.metadataStore.createContainer({ contextId: randomUUID() }, { accountName, name, properties });
  } catch (error) {
    // Kept in the folder from an earlier run.
    if ((error as { storageErrorCode?: string }).storageErrorCode !== "ContainerAlreadyExists") throw error;
  }
}

async function end(): Promise<never> {
  try {
    await server?.close();
  } finally {
    process.exit();
  }
}

function say(message: MessageFromService): void {
  if (process.connected) process.send?.(message);
}
