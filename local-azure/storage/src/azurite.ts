import type { Server } from "node:https";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { ServiceSettings } from "./process-messages.ts";

/*
 * The part of Azurite that is used here, by its inner modules: it publishes neither an API nor types.
 * Its version is pinned; the tests of this package say whether another one still fits.
 */

/** Azurite's blob service. */
export interface BlobServer {
  readonly httpServer: Server;
  readonly metadataStore: MetadataStore;
  /** Where in its files the contents of blobs are. */
  readonly extentMetadataStore: LokiStore;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** A store that has all of its documents in memory, and writes them to one file from time to time. */
export interface LokiStore {
  readonly db: {
    readonly collections: readonly LokiCollection[];
    readonly persistenceAdapter: LokiAdapter;
  };
  init(): Promise<void>;
}

export interface LokiCollection {
  readonly name: string;
  /** Every question to a collection begins here: finding, counting and removing too. */
  chain(...transform: readonly unknown[]): LokiResultset;
  remove(document: LokiDocument): void;
  on(event: "insert" | "update" | "delete", listener: (document: LokiDocument) => void): void;
}

/** What is left of a collection's documents after so many conditions. */
export interface LokiResultset {
  find(query?: LokiQuery, firstOnly?: boolean): LokiResultset;
  remove(): LokiResultset;
  data(): readonly LokiDocument[];
}

/** Conditions by field: all of them must hold. */
export type LokiQuery = Readonly<Record<string, unknown>>;

/** A document as Loki numbers them. */
export interface LokiDocument {
  readonly $loki: number;
}

interface LokiAdapter {
  saveDatabase(name: string, text: string, done: (error?: unknown) => void): void;
}

/** Where Azurite checks conditions and leases, and writes what it knows about blobs. */
export interface MetadataStore extends LokiStore {
  createContainer(context: Pick<RequestContext, "contextId">, container: Container): Promise<void>;
  createBlob(context: RequestContext, blob: Blob, ...rest: unknown[]): Promise<unknown>;
  commitBlockList(context: RequestContext, blob: Blob, ...rest: unknown[]): Promise<unknown>;
  startCopyFromURL(context: RequestContext, source: unknown, target: BlobName, ...rest: unknown[]): Promise<Properties>;
  copyFromURL(context: RequestContext, source: unknown, target: BlobName, ...rest: unknown[]): Promise<Properties>;
  deleteBlob(
    context: RequestContext,
    account: string,
    container: string,
    blob: string,
    options: { readonly snapshot?: string; readonly deleteSnapshots?: "include" | "only" },
  ): Promise<unknown>;
  getBlobProperties(
    context: RequestContext,
    account: string,
    container: string,
    blob: string,
  ): Promise<{ readonly properties: Properties }>;
}

export interface RequestContext {
  readonly contextId: string;
  readonly startTime?: Date;
  readonly request?: { getHeader(name: string): string | undefined };
}

interface Blob {
  readonly accountName: string;
  readonly containerName: string;
  readonly name: string;
  readonly properties: Properties;
}

export interface BlobName {
  readonly account: string;
  readonly container: string;
  readonly blob: string;
}

export interface Properties {
  readonly etag: string;
  readonly contentLength?: number;
  readonly contentType?: string;
  readonly blobType?: string;
}

interface Container {
  readonly accountName: string;
  readonly name: string;
  readonly properties: object;
}

/** A request whose operation Azurite has found out. */
interface DispatchedRequest {
  readonly contextId: string;
  readonly account: string;
  readonly container: string;
  /** e.g. `BlockBlob_Upload` */
  readonly operation: string;
}

/** The headers and the query of a request. */
interface RequestParts {
  getHeader(name: string): string | undefined;
  getQuery(name: string): string | undefined;
}

/** Where Azurite asks of each request, and of each part of a batch, whether it may come in; what it throws is the answer. */
interface Requests {
  authenticate: (context: DispatchedRequest, request: RequestParts) => Promise<boolean>;
}

const require = createRequire(import.meta.url);

/** Set its `authenticate` before the server is started. */
export function requestsOf(): Requests {
  const { default: Factory } = require("azurite/dist/src/blob/middlewares/AuthenticationMiddlewareFactory") as {
    default: { readonly prototype: { authenticate: unknown } };
  };
  const { default: operations } = require("azurite/dist/src/blob/generated/artifacts/operation") as {
    default: Readonly<Record<number, string>>;
  };
  return {
    set authenticate(authenticate: Requests["authenticate"]) {
      Factory.prototype.authenticate = (
        { contextId, account, container = "", operation }: Omit<DispatchedRequest, "operation"> & { operation: number },
        request: RequestParts,
      ) => authenticate({ contextId, account, container, operation: operations[operation] ?? "" }, request);
    },
  };
}

/** An error as Azurite answers it. */
export function storageError(
  { status, code, message }: { readonly status: number; readonly code: string; readonly message: string },
  requestId: string,
): Error {
  const { default: StorageError } = require("azurite/dist/src/blob/errors/StorageError") as {
    default: new (status: number, code: string, message: string, requestId: string) => Error;
  };
  return new StorageError(status, code, message, requestId);
}

/** The files in which Azurite keeps what it knows of blobs, and of where their contents are. */
export const databaseFiles = (folder: string) => ({
  blobs: join(folder, "blobs.json"),
  extents: join(folder, "extents.json"),
});

/** Creates Azurite's blob service with OAuth over https, not yet started. Importing Azurite patches the console. */
export function createBlobServer(settings: ServiceSettings): BlobServer {
  const { default: Server } = require("azurite/dist/src/blob/BlobServer") as {
    default: new (configuration: unknown) => BlobServer;
  };
  const { default: Configuration } = require("azurite/dist/src/blob/BlobConfiguration") as {
    default: new (...settings: readonly unknown[]) => unknown;
  };
  const { configLogger } = require("azurite/dist/src/common/Logger") as {
    configLogger: (enabled: boolean) => void;
  };
  configLogger(false);
  const folder = settings.folder ?? "";
  const { blobs, extents } = databaseFiles(folder);
  // Positional, in the order of Azurite's constructor.
  const configuration = [
    "127.0.0.1", // host
    settings.port,
    120, // keep-alive in seconds: Azurite's own 5 s cut off connections that clients are about to use again
    blobs,
    extents,
    [{ locationId: "Default", locationPath: join(folder, "extents"), maxConcurrency: 50 }],
    false, // access log
    undefined,
    false, // debug log
    undefined,
    false, // loose: unsupported headers are refused rather than ignored
    true, // any API version: SDKs are often newer than Azurite
    settings.tls.certPath,
    settings.tls.keyPath,
    "",
    "basic", // OAuth: looks at the token's issuer, audience and lifetime
    false, // product-style addresses stay possible
    settings.folder === undefined, // in memory
  ];
  return new Server(new Configuration(...configuration));
}
