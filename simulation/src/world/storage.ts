import { createHash } from "node:crypto";
import { azureEvents, blobSubject, type ContainerName, type Envelope } from "@ratchet/contracts";
import { type BlobInfo, type Blobs, ConflictError, type Expected } from "@ratchet/state";
import type { Effects } from "../engine/effects.ts";

interface StoredBlob {
  readonly content: Buffer;
  readonly etag: string;
  readonly lastModified: Date;
}

/** A blob that was written or removed. */
export interface BlobChange {
  readonly container: ContainerName;
  readonly path: string;
  /** Undefined where it was removed. */
  readonly content: Buffer | undefined;
}

/** A storage account in memory: blobs with ETags, strongly consistent as Azure's are. */
export interface Storage {
  /** Writes at once, as somebody outside the services does; gives the ETag. */
  put(container: ContainerName, path: string, content: string | Uint8Array): string;
  get(container: ContainerName, path: string): Buffer | undefined;
  remove(container: ContainerName, path: string): void;
  /** Unquoted; undefined where there is no such blob. */
  etagOf(container: ContainerName, path: string): string | undefined;
  paths(container: ContainerName, prefix?: string): readonly string[];
  /** The blobs of a container as the process that runs now sees them. */
  blobs(container: ContainerName): Blobs;
}

interface StorageOptions {
  readonly effects: Effects;
  readonly now: () => number;
  /** Hears of every change, in order. */
  readonly onChange: (change: BlobChange) => void;
  /** Takes the event that the account raises. */
  readonly onEvent: (event: Envelope) => void;
}

const quoted = (etag: string): string => (etag.startsWith('"') ? etag : `"${etag}"`);

export function createStorage({ effects, now, onChange, onEvent }: StorageOptions): Storage {
  const containers = new Map<ContainerName, Map<string, StoredBlob>>();
  let writes = 0;

  const blobsOf = (container: ContainerName): Map<string, StoredBlob> => {
    const known = containers.get(container) ?? new Map<string, StoredBlob>();
    containers.set(container, known);
    return known;
  };

  function put(container: ContainerName, path: string, content: string | Uint8Array): string {
    writes += 1;
    const etag = `0x${writes.toString(16).toUpperCase().padStart(8, "0")}`;
    const stored = { content: Buffer.from(content), etag: `"${etag}"`, lastModified: new Date(now()) };
    blobsOf(container).set(path, stored);
    onChange({ container, path, content: stored.content });
    onEvent({
      specversion: "1.0",
      id: createHash("md5").update(`${container}/${path}/${etag}`).digest("hex"),
      source: "/subscriptions/simulated/storageAccounts/data",
      type: azureEvents.blobCreated,
      subject: blobSubject(container, path),
      time: new Date(now()).toISOString(),
      data: { api: "PutBlob", eTag: etag, contentLength: stored.content.length },
    });
    return stored.etag;
  }

  function remove(container: ContainerName, path: string): void {
    if (blobsOf(container).delete(path)) onChange({ container, path, content: undefined });
  }

  function list(container: ContainerName, prefix: string): readonly BlobInfo[] {
    return [...blobsOf(container)]
      .filter(([path]) => path.startsWith(prefix))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([path, blob]) => infoOf(path, blob));
  }

  const infoOf = (path: string, { content, etag, lastModified }: StoredBlob): BlobInfo => ({
    path,
    etag,
    bytes: content.length,
    lastModified,
  });

  function mustMeet(container: ContainerName, path: string, expected: Expected): void {
    if (expected === "any") return;
    const there = blobsOf(container).get(path)?.etag;
    if (there !== (expected === "absent" ? undefined : expected)) throw new ConflictError(container, path);
  }

  const blobs = (container: ContainerName): Blobs => {
    const reads = <Result>(path: string, apply: () => Result): Promise<Result> => {
      const what = `reads ${container}/${path}`;
      return effects.perform({ system: "storage", scope: container, what, reads: true }, apply);
    };
    const writes = <Result>(verb: string, path: string, apply: () => Result): Promise<Result> =>
      effects.perform({ system: "storage", scope: container, what: `${verb} ${container}/${path}` }, apply);
    const stored = (path: string) => blobsOf(container).get(path);
    return {
      name: container,
      url: `https://data.blob.core.windows.net/${container}`,
      find: (path) =>
        reads(path, () => {
          const blob = stored(path);
          return blob && infoOf(path, blob);
        }),
      read: (path) => reads(path, () => stored(path)),
      open: (path, etag) =>
        reads(path, () => {
          const blob = stored(path);
          if (!blob || (etag !== undefined && quoted(etag) !== blob.etag)) return undefined;
          return (async function* () {
            yield blob.content;
          })();
        }),
      write: (path, content, { expected }) =>
        writes("writes", path, () => {
          mustMeet(container, path, expected);
          return put(container, path, content);
        }),
      append: (path, text, { fullAt }) =>
        writes("appends to", path, () => {
          const there = stored(path)?.content ?? Buffer.alloc(0);
          if (there.length >= fullAt) return false;
          put(container, path, Buffer.concat([there, Buffer.from(text)]));
          return true;
        }),
      writer(path) {
        let content: readonly Buffer[] = [];
        return {
          async write(more) {
            content = [...content, Buffer.from(more)];
          },
          close: () => writes("writes", path, () => void put(container, path, Buffer.concat(content))),
          async abandon() {
            content = [];
          },
        };
      },
      copyFrom: (source, from, to) =>
        writes(`copies ${source.name}/${from} to`, to, () => {
          if (stored(to)) return true;
          const blob = blobsOf(source.name as ContainerName).get(from);
          if (blob) put(container, to, blob.content);
          return blob !== undefined;
        }),
      touch: (path) =>
        writes("touches", path, () => {
          const blob = blobsOf(container).get(path);
          if (blob) put(container, path, blob.content);
          return blob !== undefined;
        }),
      async *list(prefix) {
        yield* await reads(`${prefix}*`, () => list(container, prefix));
      },
      async *folders() {
        const found = await reads("*/", () => list(container, ""));
        yield* new Set(found.flatMap(({ path }) => (path.includes("/") ? [path.split("/")[0] ?? ""] : [])));
      },
      remove: (path, etag) =>
        writes("removes", path, () => {
          if (etag === undefined || stored(path)?.etag === quoted(etag)) remove(container, path);
        }),
    };
  };

  return {
    put,
    get: (container, path) => blobsOf(container).get(path)?.content,
    remove,
    etagOf: (container, path) => blobsOf(container).get(path)?.etag.replaceAll('"', ""),
    paths: (container, prefix = "") => list(container, prefix).map(({ path }) => path),
    blobs,
  };
}
