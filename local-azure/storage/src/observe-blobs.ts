import type { BlobName, MetadataStore, Properties, RequestContext } from "./azurite.ts";
import type { BlobChange } from "./blob-event.ts";

/**
 * Tells of each blob that is created, replaced or deleted through `store`, once it is. Watching the store and not the
 * HTTP requests has Azurite itself say what a request did, whether it succeeded, and with which ETag and length, also
 * for the parts of a batch request. Azurite's store is in memory and awaits nothing but itself, so what is read beside
 * a write is of the same moment.
 */
export function observeBlobs(store: MetadataStore, tell: (change: BlobChange) => void): void {
  const createBlob = store.createBlob.bind(store);
  store.createBlob = async (context, blob, ...rest) => {
    const result = await createBlob(context, blob, ...rest);
    const name = { account: blob.accountName, container: blob.containerName, blob: blob.name };
    tell(change("PutBlob", context, { ...name, properties: blob.properties }));
    return result;
  };

  const commitBlockList = store.commitBlockList.bind(store);
  store.commitBlockList = async (context, blob, ...rest) => {
    const result = await commitBlockList(context, blob, ...rest);
    // What was handed in does not know the length: the sum of the blocks.
    const name = { account: blob.accountName, container: blob.containerName, blob: blob.name };
    const properties = (await propertiesOf(store, context, name)) ?? blob.properties;
    tell(change("PutBlockList", context, { ...name, properties }));
    return result;
  };

  for (const method of ["startCopyFromURL", "copyFromURL"] as const) {
    const copy = store[method].bind(store);
    store[method] = async (context, source, target, ...rest) => {
      const properties = await copy(context, source, target, ...rest);
      tell(change("CopyBlob", context, { ...target, properties }));
      return properties;
    };
  }

  const deleteBlob = store.deleteBlob.bind(store);
  store.deleteBlob = async (context, account, container, blob, options) => {
    const goes = await propertiesOf(store, context, { account, container, blob });
    const result = await deleteBlob(context, account, container, blob, options);
    const onlySnapshots = Boolean(options.snapshot) || options.deleteSnapshots === "only";
    if (goes !== undefined && !onlySnapshots) {
      tell(change("DeleteBlob", context, { account, container, blob, properties: goes }));
    }
    return result;
  };
}

function change(
  api: BlobChange["api"],
  context: RequestContext,
  { account, container, blob, properties }: Pick<BlobChange, "account" | "container" | "blob" | "properties">,
): BlobChange {
  return {
    api,
    account,
    container,
    blob,
    properties,
    clientRequestId: context.request?.getHeader("x-ms-client-request-id"),
    requestId: context.contextId,
    time: new Date(),
  };
}

/** Undefined for what is no blob yet: blocks that were never committed raise no event when they go. */
async function propertiesOf(
  store: MetadataStore,
  context: RequestContext,
  { account, container, blob }: BlobName,
): Promise<Properties | undefined> {
  try {
    return (await store.getBlobProperties(context, account, container, blob)).properties;
  } catch {
    return undefined; // The deletion itself says to the client what is wrong.
  }
}
