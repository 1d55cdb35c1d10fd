import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { behaviours } from "./target.ts";

const refusal = (statusCode: number, code: string) => expect.objectContaining({ statusCode, code });

behaviours("a blob", (container) => {
  test("comes back as it was written, with its type and metadata", async () => {
    const blob = (await container()).getBlockBlobClient("orders/day 1/ä+b%.csv");
    await blob.upload("a,b\n1,2\n", 8, { blobHTTPHeaders: { blobContentType: "text/csv" }, metadata: { model: "d" } });
    const read = await blob.download();
    expect(read).toMatchObject({ contentLength: 8, contentType: "text/csv", metadata: { model: "d" } });
    expect((await blob.downloadToBuffer()).toString()).toBe("a,b\n1,2\n");
  });

  test("is put together from its blocks in the order of the list, not of their coming", async () => {
    const blob = (await container()).getBlockBlobClient("blocks");
    const [first, second] = [Buffer.from("1").toString("base64"), Buffer.from("2").toString("base64")];
    await blob.stageBlock(second, "world", 5);
    await blob.stageBlock(first, "hello ", 6);
    expect(await blob.exists()).toBe(false);
    await blob.commitBlockList([first, second]);
    expect((await blob.downloadToBuffer()).toString()).toBe("hello world");
  });

  test("is read in parts", async () => {
    const blob = (await container()).getBlockBlobClient("parts");
    const content = randomBytes(3 * 1024 * 1024);
    await blob.uploadData(content, { blockSize: 1024 * 1024, maxSingleShotSize: 1024 });
    expect(await blob.downloadToBuffer(1_000_000, 5)).toEqual(content.subarray(1_000_000, 1_000_005));
    expect(await blob.downloadToBuffer()).toEqual(content);
  });

  test("is copied within the account, bytes and type", async () => {
    const own = await container();
    const source = own.getBlockBlobClient("source");
    await source.upload("copied", 6, { blobHTTPHeaders: { blobContentType: "text/plain" } });
    const copy = own.getBlobClient("copy");
    const { copyStatus } = await (await copy.beginCopyFromURL(source.url)).pollUntilDone();
    expect(copyStatus).toBe("success");
    expect((await copy.downloadToBuffer()).toString()).toBe("copied");
    expect(await copy.getProperties()).toMatchObject({ contentType: "text/plain" });
  });

  test("that is not there is said not to be", async () => {
    const missing = (await container()).getBlobClient("missing");
    await expect(missing.download()).rejects.toEqual(refusal(404, "BlobNotFound"));
    expect(await missing.exists()).toBe(false);
    expect(await missing.deleteIfExists()).toMatchObject({ succeeded: false, errorCode: "BlobNotFound" });
  });
});

behaviours("compare and swap", (container) => {
  test("creates once: of many creators one wins, the others are told that the blob is there", async () => {
    const blob = (await container()).getBlockBlobClient("once");
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => blob.upload(`${i}`, 1, { conditions: { ifNoneMatch: "*" } })),
    );
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(refused).toEqual(Array(9).fill(refusal(409, "BlobAlreadyExists")));
  });

  test("refuses a write with the ETag of an earlier content, and keeps what is there", async () => {
    const blob = (await container()).getBlockBlobClient("swapped");
    const { etag: old = "" } = await blob.upload("1", 1);
    const { etag = "" } = await blob.upload("2", 1, { conditions: { ifMatch: old } });
    await expect(blob.upload("3", 1, { conditions: { ifMatch: old } })).rejects.toEqual(
      refusal(412, "ConditionNotMet"),
    );
    await expect(blob.delete({ conditions: { ifMatch: old } })).rejects.toEqual(refusal(412, "ConditionNotMet"));
    expect((await blob.downloadToBuffer()).toString()).toBe("2");
    expect((await blob.getProperties()).etag).toBe(etag);
  });

  test("keeps others from writing while one holds the lease", async () => {
    const blob = (await container()).getBlockBlobClient("leased");
    await blob.upload("x", 1);
    const lease = blob.getBlobLeaseClient();
    const { leaseId = "" } = await lease.acquireLease(15);
    await expect(blob.getBlobLeaseClient().acquireLease(15)).rejects.toEqual(refusal(409, "LeaseAlreadyPresent"));
    await expect(blob.upload("y", 1)).rejects.toEqual(refusal(412, "LeaseIdMissing"));
    await blob.upload("y", 1, { conditions: { leaseId } });
    await lease.releaseLease();
    await blob.upload("z", 1);
  });
});

behaviours("a list of blobs", (container) => {
  test("has what begins with the prefix, in the order of names, page by page", async () => {
    const own = await container();
    for (const name of ["b/2", "a/1", "b/1", "b/3", "c"]) await own.getBlockBlobClient(name).upload("x", 1);
    const names: string[][] = [];
    for await (const page of own.listBlobsFlat({ prefix: "b/" }).byPage({ maxPageSize: 2 }))
      names.push(page.segment.blobItems.map(({ name }) => name));
    expect(names).toEqual([["b/1", "b/2"], ["b/3"]]);
  });

  test("shows folders by a delimiter", async () => {
    const own = await container();
    for (const name of ["a/1", "a/2", "top"]) await own.getBlockBlobClient(name).upload("x", 1);
    const items: string[] = [];
    for await (const { kind, name } of own.listBlobsByHierarchy("/")) items.push(`${kind} ${name}`);
    expect(items.sort()).toEqual(["blob top", "prefix a/"]);
  });

  test("no longer has what was deleted", async () => {
    const own = await container();
    await own.getBlockBlobClient("gone").upload("x", 1);
    await own.deleteBlob("gone");
    const names: string[] = [];
    for await (const { name } of own.listBlobsFlat()) names.push(name);
    expect(names).toEqual([]);
  });
});
