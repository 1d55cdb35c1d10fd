import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { type BlobEvent, startStorage } from "@local-azure/storage";
import { type Envelope, parseDefinition, parseEnvelope, paths } from "@ratchet/contracts";
import { createOutbox, type Delivery, type Outbox } from "@ratchet/messaging";
import { documentStore } from "@ratchet/state";
import type { Stores } from "../stores.ts";

/** A message with the time before which it is not delivered. */
export type Sent = Envelope & { readonly notBefore?: Date };

/** Real storage under the data-watcher, and a record of what it says. */
export interface World extends AsyncDisposable {
  readonly stores: Stores;
  /** What was said, what was said twice counting once, as the broker has it. */
  readonly said: readonly Sent[];
  /** Whether saying anything fails, as when a process ends. */
  silent: boolean;
  apply(yaml: string): Promise<void>;
  /** Drops a file and gives the event that the storage raises. */
  drop(file: string, content: string | Buffer): Promise<Envelope>;
  delivery(cause: string, now?: Date): Delivery;
  outbox(cause: string): Outbox;
  textOf(container: "batches", path: string): Promise<string>;
  pathsOf(container: "batches", prefix: string): Promise<readonly string[]>;
  /** Forgets what was said. */
  listenAnew(): void;
}

async function until<T>(look: () => T | undefined, what: string): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    if (Date.now() > deadline) throw new Error(`waited 10 s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "data-watcher-"));
  const authority = await createCertificateAuthority(folder);
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  const events: BlobEvent[] = [];
  const storage = await startStorage({
    tls: authority.server,
    containers: ["drops", "definitions", "batches"],
    onEvent: (event) => events.push(event),
  });
  const blobs = new BlobServiceClient(storage.blobEndpoint, new DefaultAzureCredential());
  const container = (name: string) => blobs.getContainerClient(name);
  const stores: Stores = {
    drops: container("drops"),
    batches: container("batches"),
    documents: documentStore(container("batches")),
    definitions: container("definitions"),
    definitionDocuments: documentStore(container("definitions")),
  };

  const said: Sent[] = [];
  const say = (message: Sent): void => {
    if (world.silent) throw new Error("the process ends here");
    if (!said.some(({ id }) => id === message.id)) said.push(message);
  };
  const transports = {
    messages: {
      send: async (_queue: string, { body }: { readonly body: unknown }, notBefore?: Date) =>
        say({ ...parseEnvelope(body), ...(notBefore ? { notBefore } : {}) }),
      close: async () => undefined,
    },
    events: { publish: async (event: Envelope) => say(event) },
  };
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const outbox = (cause: string, time = new Date()) =>
    createOutbox("data-watcher", { cause, traceparent, time }, transports);

  const world: World = {
    stores,
    said,
    silent: false,
    async apply(yaml) {
      const { model } = parseDefinition(yaml);
      const files = [{ path: "ratchet.yaml", sha256: "0".repeat(64) }];
      const document = { model, version: "0123456789abcdef", source: yaml, files, appliedAt: new Date().toISOString() };
      await stores.definitionDocuments.write(paths.currentDefinition(model), document, "any");
    },
    async drop(file, content) {
      const bytes = Buffer.from(content);
      const { etag } = await stores.drops.getBlockBlobClient(file).upload(bytes, bytes.length);
      const bare = etag?.replaceAll('"', "");
      const event = await until(
        () =>
          events.find(
            ({ subject, data }) => subject.endsWith(`/drops/blobs/${file}`) && "eTag" in data && data.eTag === bare,
          ),
        `the event of ${file}`,
      );
      return parseEnvelope(event);
    },
    delivery: (cause, now = new Date()) => ({
      now,
      attempt: 1,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      outbox: outbox(cause, now),
    }),
    outbox,
    textOf: async (name, path) => (await container(name).getBlobClient(path).downloadToBuffer()).toString("utf8"),
    async pathsOf(name, prefix) {
      const found: string[] = [];
      for await (const path of documentStore(container(name)).list(prefix)) found.push(path);
      return found;
    },
    listenAnew: () => void said.splice(0),
    async [Symbol.asyncDispose]() {
      await storage.close();
      await identity.close();
      await rm(folder, { recursive: true });
    },
  };
  return world;
}
