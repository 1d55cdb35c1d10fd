import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type ManagedIdentityEndpoint,
  startManagedIdentity,
  trustCertificateAuthority,
} from "@local-azure/identity";
import { startStorage } from "@local-azure/storage";
import {
  type AppliedDefinition,
  appliedDefinition,
  type ContainerName,
  containers,
  type Envelope,
  parseEnvelope,
  paths,
  type ServiceName,
} from "@ratchet/contracts";
import { type ConnectedService, connectService, type Delivery, logTo, traceOf } from "@ratchet/messaging";
import { azureBlobs, type DocumentStore, documentStore } from "@ratchet/state";
import { createInstance, type Instance } from "./instance.ts";
import { appliedProject } from "./projects.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { until } from "./until.ts";

/** A process of a service. */
interface Running<Name extends ServiceName> {
  /** The service, as its functions have it: with the grants of the topology, and no others. */
  readonly service: ConnectedService<Name>;
  /** The delivery of a message, or of one with this id. */
  delivery(message: string | Pick<Envelope, "id" | "traceparent">, now?: Date): Delivery;
}

/** Real storage under a service, with every container of the topology, and a record of what the service says. */
export interface World<Name extends ServiceName> extends Running<Name>, AsyncDisposable {
  /** One more process of the service, which has a fate of its own. */
  start(instance: Instance): Running<Name>;
  readonly recorder: Recorder;
  /** Every line that was logged, as its fields. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** What the storage has raised. */
  readonly blobEvents: readonly Envelope[];
  /** For what else a test starts: certificates, identity, storage, and a folder that is removed at the end. */
  readonly azure: {
    readonly authority: CertificateAuthority;
    readonly identity: ManagedIdentityEndpoint;
    readonly credential: TokenCredential;
    readonly blobEndpoint: string;
    readonly folder: string;
  };
  /** Any container, whoever may open it. */
  container(name: ContainerName): ContainerClient;
  /** The documents of any container. */
  documents(name: ContainerName): DocumentStore;
  put(container: ContainerName, path: string, content: string | Uint8Array): Promise<void>;
  textOf(container: ContainerName, path: string): Promise<string>;
  pathsOf(container: ContainerName, prefix?: string): Promise<readonly string[]>;
  /** Puts a blob and gives the event that the storage raises. */
  drop(container: ContainerName, path: string, content: string | Uint8Array): Promise<Envelope>;
  /** Applies a project as `ratchet apply` does: its files, then what makes them the model's definition. */
  apply(source: string, files?: Readonly<Record<string, string>>): Promise<AppliedDefinition>;
  /** Empties the storage and forgets what was said and logged. */
  reset(): Promise<void>;
}

/** Starts the world of a service's tests: once for a file, as tokens last for the life of a process. */
export async function startWorld<Name extends ServiceName>(name: Name): Promise<World<Name>> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const authority = await createCertificateAuthority(join(folder, "certificates"));
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  const blobEvents: Envelope[] = [];
  const names = Object.keys(containers) as ContainerName[];
  const storage = await startStorage({
    tls: authority.server,
    containers: names,
    onEvent: (event) => void blobEvents.push(parseEnvelope(event)),
  });
  const credential = new DefaultAzureCredential();
  const blobs = new BlobServiceClient(storage.blobEndpoint, credential);
  const container = (which: ContainerName) => blobs.getContainerClient(which);
  const documents = (which: ContainerName) => documentStore(azureBlobs(container(which)));
  const recorder = createRecorder();
  const logged: Readonly<Record<string, unknown>>[] = [];
  const keep = (level: string) => (line: unknown) => void logged.push({ level, ...JSON.parse(String(line)) });
  const log = logTo({ info: keep("info"), warn: keep("warn"), error: keep("error") });

  function start(instance: Instance): Running<Name> {
    const service = connectService(name, {
      ...instance.transports(recorder.transports),
      credential,
      blobs: (which) => instance.blobs(azureBlobs(container(which))),
      clock: () => new Date(),
    });
    return {
      service,
      delivery(message, now = new Date()) {
        const { id, traceparent = traceOf(id) } = typeof message === "string" ? { id: message } : message;
        return { now, attempt: 1, log, outbox: service.outbox({ cause: id, traceparent, time: now }) };
      },
    };
  }

  async function put(which: ContainerName, path: string, content: string | Uint8Array): Promise<string> {
    const bytes = Buffer.from(content);
    const { etag } = await container(which).getBlockBlobClient(path).upload(bytes, bytes.length);
    return etag?.replaceAll('"', "") ?? "";
  }

  async function pathsOf(which: ContainerName, prefix = ""): Promise<readonly string[]> {
    return Array.fromAsync(documents(which).list(prefix));
  }

  return {
    ...start(createInstance()),
    start,
    recorder,
    logged,
    blobEvents,
    azure: { authority, identity, credential, blobEndpoint: storage.blobEndpoint, folder },
    container,
    documents,
    async put(which, path, content) {
      await put(which, path, content);
    },
    textOf: async (which, path) => (await container(which).getBlobClient(path).downloadToBuffer()).toString("utf8"),
    pathsOf,
    async drop(which, path, content) {
      const etag = await put(which, path, content);
      const isOfThis = ({ subject, data }: Envelope) =>
        subject.endsWith(`/${which}/blobs/${path}`) && (data as { readonly eTag?: string }).eTag === etag;
      return until(`the event of ${which}/${path}`, () => blobEvents.find(isOfThis));
    },
    async apply(source, files = {}) {
      const applied = appliedProject(source, files);
      const { model, version } = applied;
      for (const [path, text] of Object.entries({ "ratchet.yaml": source, ...files }))
        await put("definitions", paths.definitionFile(model, version, path), text);
      await documents("definitions").write(paths.currentDefinition(model), appliedDefinition, applied, "any");
      return applied;
    },
    async reset() {
      recorder.forget();
      logged.splice(0);
      const empty = async (which: ContainerName) => {
        for (const path of await pathsOf(which)) await container(which).deleteBlob(path);
      };
      await Promise.all(names.map(empty));
    },
    async [Symbol.asyncDispose]() {
      await storage.close();
      await identity.close();
      await rm(folder, { recursive: true });
    },
  };
}
