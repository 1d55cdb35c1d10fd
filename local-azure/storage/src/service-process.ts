import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { answerPlainText, answerRequests } from "@local-azure/http";
import { lockFolder } from "@local-azure/processes";
import { type Admit, admitBy, type StorageAccess } from "./access/admit.ts";
import { guardRequests } from "./access/guard-requests.ts";
import { type BlobServer, createBlobServer, databaseFiles } from "./azurite.ts";
import { blobEvent, createSequencer } from "./blob-event.ts";
import { type Outbox, openOutbox } from "./events/outbox.ts";
import { askByName } from "./metadata/ask-by-name.ts";
import { keepChanges } from "./metadata/keep-changes.ts";
import { observeBlobs } from "./observe-blobs.ts";
import type { MessageFromService, MessageToService, ServiceSettings } from "./process-messages.ts";
import { countRequests, type RequestsUnderWay } from "./requests-under-way.ts";

/*
 * The child process that Azurite runs in. What it acknowledged is on disk at once, so it may be killed at any moment;
 * told to close, it writes all of its metadata first, which makes the next start shorter.
 */

/** How long one who was killed, and may still be on its way out, can hold the folder. */
const formerOwnerMs = 5_000;
/** How long the last requests may take at the end; what they have changed by then is told, whether they are answered or not. */
const lastRequestsMs = 4_000;
/** How long the last events may take to be taken at the end; what is left comes with the next start. */
const lastEventsMs = 2_000;

let server: BlobServer | undefined;
let requests: RequestsUnderWay | undefined;
let outbox: Outbox | undefined;
let closing = false;
let takeAccess: (access: StorageAccess) => void = () => undefined;

process.on("message", async (message: MessageToService) => {
  if (message.kind === "close") return close();
  if (message.kind === "taken") return outbox?.taken(message.id);
  if (message.kind === "access") return takeAccess(message.access);
  try {
    server = await serve(message.settings);
    const { port } = server.httpServer.address() as AddressInfo;
    say({ kind: "started", port });
  } catch (error) {
    say({ kind: "failed", reason: messageOf(error) });
    process.disconnect();
  }
});
process.on("disconnect", () => process.exit(1));
process.on("SIGTERM", () => void close());

/** Azurite answers whoever comes; a foreign request does not get to it. */
function answerOwnOnly(httpServer: BlobServer["httpServer"]): void {
  const listeners = httpServer.listeners("request") as RequestListener[];
  httpServer.removeAllListeners("request");
  httpServer.on(
    "request",
    answerRequests((request, response) => {
      for (const listener of listeners) listener(request, response);
    }),
  );
}

async function serve(settings: ServiceSettings): Promise<BlobServer> {
  const { folder, accountName, access } = settings;
  if (folder !== undefined) await lockFolder(folder, { waitMs: formerOwnerMs });
  const blobServer = createBlobServer(settings);
  if (folder !== undefined) {
    const files = databaseFiles(folder);
    keepChanges(blobServer.metadataStore, files.blobs, giveUp);
    keepChanges(blobServer.extentMetadataStore, files.extents, giveUp);
  }
  askByName(blobServer.metadataStore);
  const events = openOutbox(folder);
  outbox = events;
  const nextSequencer = createSequencer(new Date());
  const endpoint = () => `https://localhost:${(blobServer.httpServer.address() as AddressInfo).port}/${accountName}`;
  if (access)
    guard(
      access,
      { [accountName]: settings.resourceId, ...settings.furtherAccounts },
      () => new URL(endpoint()).origin,
    );
  observeBlobs(blobServer.metadataStore, (change) => {
    if (change.account !== accountName) return;
    const event = blobEvent(change, { resourceId: settings.resourceId, blobEndpoint: endpoint(), nextSequencer });
    events.add(event);
    say({ kind: "event", event });
  });
  for (const event of events.left) say({ kind: "event", event });
  requests = countRequests(blobServer.httpServer);
  answerPlainText(blobServer.httpServer as HttpsServer);
  await blobServer.start();
  answerOwnOnly(blobServer.httpServer);
  // Azurite closes by itself when its collection of garbage fails: a process that serves nothing must not stay.
  blobServer.httpServer.once("close", () => closing || giveUp(new Error("Azurite closed by itself")));
  for (const name of settings.containers) await createContainer(blobServer, accountName, name);
  return blobServer;
}

/** Asks of every request whether it may come in, by what was told last of who may. */
function guard(first: StorageAccess, accounts: Readonly<Record<string, string>>, origin: () => string): void {
  let access = first;
  let admit: Admit | undefined;
  takeAccess = (newer) => {
    access = newer;
    admit = undefined;
  };
  guardRequests(() => {
    admit ??= admitBy(access, accounts, origin(), ({ message }) => say({ kind: "refused", message }));
    return admit;
  });
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

async function close(): Promise<never> {
  closing = true;
  try {
    // Azurite closes its stores under the requests that are under way: their blobs would be there, and no event of them.
    await Promise.race([requests?.ended(), delay(lastRequestsMs)]);
    await server?.close();
    await Promise.race([outbox?.empty(), delay(lastEventsMs)]);
  } finally {
    process.exit();
  }
}

/** Ends the process before it answers for something that it could not write. */
function giveUp(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function say(message: MessageFromService): void {
  if (process.connected) process.send?.(message);
}
