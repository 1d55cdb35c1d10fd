import type { MetadataStore } from "./azurite.ts";

const writingMethods = [
  "createBlob",
  "commitBlockList",
  "startCopyFromURL",
  "copyFromURL",
  "deleteBlob",
  "setBlobHTTPHeaders",
  "setBlobMetadata",
  "setBlobTag",
  "setTier",
  "appendBlock",
  "sealBlob",
  "acquireBlobLease",
  "renewBlobLease",
  "changeBlobLease",
  "releaseBlobLease",
  "breakBlobLease",
] as const;

type Method = (...parameters: unknown[]) => Promise<unknown>;

/**
 * Has the store finish one write before it begins the next. Azurite checks a write's conditions (If-Match, lease) on
 * what it read before an `await`, so that two writes at the same moment both pass; compare-and-swap needs one to fail.
 * Each of these takes microseconds: the blob's content has been written before.
 */
export function writeInTurn(store: MetadataStore): void {
  const methods = store as unknown as Record<(typeof writingMethods)[number], Method>;
  let last: Promise<unknown> = Promise.resolve();
  for (const name of writingMethods) {
    const write = methods[name].bind(store);
    methods[name] = (...parameters) => {
      const turn = last.then(() => write(...parameters));
      last = turn.catch(() => undefined);
      return turn;
    };
  }
}
