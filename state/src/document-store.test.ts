import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { startStorage } from "@local-azure/storage";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConflictError, CorruptDocumentError, documentStore } from "./document-store.ts";

const parseCount = (json: unknown): { readonly count: number } => {
  if (typeof json === "object" && json !== null && "count" in json && typeof json.count === "number")
    return { count: json.count };
  throw new TypeError("count is missing");
};

describe("documents in blob storage", () => {
  const open: (() => Promise<unknown>)[] = [];
  let container: ContainerClient;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "ratchet-state-"));
    open.push(() => rm(folder, { recursive: true, force: true }));
    const authority = await createCertificateAuthority(folder);
    trustCertificateAuthority(authority.caCertificate);
    const identity = await startManagedIdentity();
    open.push(() => identity.close());
    Object.assign(process.env, identity.environment);
    const storage = await startStorage({ tls: authority.server, containers: ["state"] });
    open.push(() => storage.close());
    container = new BlobServiceClient(storage.blobEndpoint, new DefaultAzureCredential()).getContainerClient("state");
  });
  afterAll(async () => {
    for (const close of open.reverse()) await close();
  });

  const store = () => documentStore(container);

  test("are undefined where there are none", async () => {
    expect(await store().read("nothing.json", parseCount)).toBeUndefined();
  });

  test("are created once: who comes second is told so", async () => {
    await store().write("once.json", { count: 1 }, "absent");
    await expect(store().write("once.json", { count: 2 }, "absent")).rejects.toThrow(ConflictError);
    expect((await store().read("once.json", parseCount))?.value).toEqual({ count: 1 });
  });

  test("are written over only in the version that was read", async () => {
    const first = await store().write("swap.json", { count: 1 }, "absent");
    const second = await store().write("swap.json", { count: 2 }, first);
    await expect(store().write("swap.json", { count: 3 }, first)).rejects.toThrow(/state\/swap\.json was changed/);
    expect(await store().read("swap.json", parseCount)).toEqual({ value: { count: 2 }, etag: second });
  });

  test("lose no update of many writers at once", async () => {
    const writers = Array.from({ length: 8 }, async () =>
      store().update("counter.json", parseCount, (current) => ({ count: (current?.count ?? 0) + 1 })),
    );
    await Promise.all(writers);
    expect((await store().read("counter.json", parseCount))?.value).toEqual({ count: 8 });
  });

  test("stay as they are where a change says so", async () => {
    const etag = await store().write("same.json", { count: 5 }, "any");
    expect(await store().update("same.json", parseCount, () => undefined)).toEqual({ count: 5 });
    expect((await store().read("same.json", parseCount))?.etag).toBe(etag);
  });

  test("that are not what they should be are named, with what to do", async () => {
    await container.getBlockBlobClient("broken.json").upload("{", 1);
    await store().write("foreign.json", { other: true }, "any");
    await expect(store().read("broken.json", parseCount)).rejects.toThrow(CorruptDocumentError);
    await expect(store().read("foreign.json", parseCount)).rejects.toThrow(
      /state\/foreign\.json cannot be read: count is missing\. Mend it or delete it/,
    );
  });

  test("are listed by prefix, in order", async () => {
    for (const path of ["list/b.json", "list/a.json", "other.json"]) await store().write(path, { count: 0 }, "any");
    const paths: string[] = [];
    for await (const path of store().list("list/")) paths.push(path);
    expect(paths).toEqual(["list/a.json", "list/b.json"]);
  });
});
