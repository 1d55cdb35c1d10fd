import { once } from "node:events";
import { PassThrough } from "node:stream";
import { type BlobBeginCopyFromURLResponse, type ContainerClient, RestError } from "@azure/storage-blob";
import { type Blobs, type BlobWriter, ConflictError, type Expected } from "./blobs.ts";

const hasStatus = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof RestError && error.statusCode !== undefined && statuses.includes(error.statusCode);

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof RestError && error.code !== undefined && codes.includes(error.code);

/** What a request gives; undefined where it fails with one of these statuses. */
async function unless<Found>(statuses: readonly number[], request: Promise<Found>): Promise<Found | undefined> {
  try {
    return await request;
  } catch (error) {
    if (hasStatus(error, ...statuses)) return undefined;
    throw error;
  }
}

const conditionsOf = (expected: Expected) => {
  if (expected === "any") return {};
  return expected === "absent" ? { ifNoneMatch: "*" } : { ifMatch: expected };
};

const quoted = (etag: string): string => (etag.startsWith('"') ? etag : `"${etag}"`);

async function* buffers(stream: NodeJS.ReadableStream | undefined): AsyncGenerator<Buffer> {
  for await (const chunk of stream ?? []) yield Buffer.from(chunk);
}

const blockBytes = 4 * 1024 ** 2;
const blocksInFlight = 2;

/** Reads that break off are taken up where they broke, in the same version. */
const maxRetryRequests = 5;

const copyPollInterval = 1000;

function streamTo(container: ContainerClient, path: string, contentType: string): BlobWriter {
  const stream = new PassThrough();
  const abort = new AbortController();
  const done = container.getBlockBlobClient(path).uploadStream(stream, blockBytes, blocksInFlight, {
    blobHTTPHeaders: { blobContentType: contentType },
    abortSignal: abort.signal,
  });
  // A failed upload is told by write() and close(); until then neither error must count as unhandled.
  stream.on("error", () => undefined);
  done.catch((error: Error) => stream.destroy(error));
  return {
    async write(content) {
      if (content.length > 0 && !stream.write(content)) await Promise.race([once(stream, "drain"), done]);
    },
    async close() {
      stream.end();
      try {
        await done;
      } catch (error) {
        // Committing a blob discards the blocks that others have staged for it.
        if (error instanceof RestError && error.code === "InvalidBlockList")
          throw new ConflictError(container.containerName, path);
        throw error;
      }
    },
    async abandon() {
      abort.abort();
      // Without an error the upload would wait for more of the stream for ever.
      stream.destroy(new Error(`${container.containerName}/${path} is not written to its end`));
      await done.catch(() => undefined);
    },
  };
}

/** Blobs of an Azure storage account. */
export function azureBlobs(container: ContainerClient): Blobs {
  const name = container.containerName;
  const find: Blobs["find"] = async (path) => {
    const found = await unless([404], container.getBlobClient(path).getProperties());
    return (
      found && {
        path,
        etag: found.etag ?? "",
        bytes: found.contentLength ?? 0,
        lastModified: found.lastModified ?? new Date(0),
        copying: found.copyStatus === "pending",
      }
    );
  };
  return {
    name,
    url: container.url,
    find,
    async read(path) {
      const response = await unless([404], container.getBlobClient(path).download(0, undefined, { maxRetryRequests }));
      if (!response) return undefined;
      const content = Buffer.concat(await Array.fromAsync(buffers(response.readableStreamBody)));
      return { content, etag: response.etag ?? "" };
    },
    async open(path, etag) {
      const conditions = etag === undefined ? {} : { conditions: { ifMatch: quoted(etag) } };
      const request = container.getBlobClient(path).download(0, undefined, { ...conditions, maxRetryRequests });
      const response = await unless([404, 412], request);
      return response && buffers(response.readableStreamBody);
    },
    async write(path, content, { expected, contentType }) {
      const bytes = Buffer.from(content);
      const options = { conditions: conditionsOf(expected), blobHTTPHeaders: { blobContentType: contentType } };
      try {
        const { etag } = await container.getBlockBlobClient(path).uploadData(bytes, options);
        return etag ?? "";
      } catch (error) {
        if (hasStatus(error, 409, 412)) throw new ConflictError(name, path);
        throw error;
      }
    },
    async append(path, text, { fullAt, contentType }) {
      const blob = container.getAppendBlobClient(path);
      const bytes = Buffer.from(text);
      // Appending is refused where the blob would become larger than this: so where it has `fullAt` bytes before.
      const conditions = { maxSize: fullAt + bytes.length - 1 };
      for (;;) {
        try {
          await blob.appendBlock(bytes, bytes.length, { conditions });
          return true;
        } catch (error) {
          if (hasCode(error, "MaxBlobSizeConditionNotMet", "BlockCountExceedsLimit")) return false;
          if (!hasStatus(error, 404)) throw error;
        }
        // Whoever is second finds it created.
        const create = { conditions: { ifNoneMatch: "*" }, blobHTTPHeaders: { blobContentType: contentType } };
        await unless([409, 412], blob.create(create));
      }
    },
    writer: (path, { contentType }) => streamTo(container, path, contentType),
    async copyFrom(source, from, to) {
      const target = container.getBlobClient(to);
      const there = await unless([404], target.getProperties());
      // A blob that was written and not copied has no state of a copy.
      if (there && (there.copyStatus === undefined || there.copyStatus === "success")) return true;
      // The service copies by itself, within the account: the bytes do not come here, and the token covers both.
      const url = `${source.url}/${from.split("/").map(encodeURIComponent).join("/")}`;
      const copied = async (): Promise<BlobBeginCopyFromURLResponse> =>
        (await target.beginCopyFromURL(url, { intervalInMs: copyPollInterval })).pollUntilDone();
      return (await unless([404], copied())) !== undefined;
    },
    async touch(path) {
      return (await unless([404], container.getBlobClient(path).setMetadata())) !== undefined;
    },
    async *list(prefix) {
      for await (const { name: path, properties } of container.listBlobsFlat({ prefix }))
        yield {
          path,
          etag: properties.etag,
          bytes: properties.contentLength ?? 0,
          lastModified: properties.lastModified,
          appended: properties.blobType === "AppendBlob",
        };
    },
    async *folders() {
      for await (const item of container.listBlobsByHierarchy("/"))
        if (item.kind === "prefix") yield item.name.slice(0, -1);
    },
    async remove(path, etag) {
      const conditions = etag === undefined ? {} : { conditions: { ifMatch: quoted(etag) } };
      await unless([404, 412], container.getBlobClient(path).delete(conditions));
    },
  };
}
