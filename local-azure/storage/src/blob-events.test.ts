import { randomBytes } from "node:crypto";
import { DefaultAzureCredential } from "@azure/identity";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareIdentity, startTestStorage, type TestStorage } from "./testing/test-storage.ts";

let identity: Awaited<ReturnType<typeof prepareIdentity>>;
let azure: TestStorage;
beforeAll(async () => {
  identity = await prepareIdentity();
  azure = await startTestStorage({ tls: identity.tls, containers: ["uploads", "others"] });
});
afterAll(async () => {
  await azure.storage.close();
  await identity[Symbol.asyncDispose]();
});

const uploads = () => azure.service.getContainerClient("uploads");

describe("a blob event", () => {
  test("tells of an upload in one request as PutBlob, in Azure's shape", async () => {
    const client = uploads().getBlockBlobClient("orders/day 1/ä+b.csv");
    const upload = await client.upload("a,b\n1,2\n", 8, { blobHTTPHeaders: { blobContentType: "text/csv" } });

    const [event] = await azure.eventsOf("uploads", "orders/day 1/ä+b.csv");
    expect(event).toEqual({
      source: expect.stringMatching(/^\/subscriptions\/.*\/Microsoft.Storage\/storageAccounts\/devstoreaccount1$/),
      subject: "/blobServices/default/containers/uploads/blobs/orders/day 1/ä+b.csv",
      type: "Microsoft.Storage.BlobCreated",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      specversion: "1.0",
      data: {
        api: "PutBlob",
        clientRequestId: upload.clientRequestId,
        requestId: upload.requestId,
        eTag: upload.etag?.replaceAll('"', ""),
        contentType: "text/csv",
        contentLength: 8,
        blobType: "BlockBlob",
        url: `${azure.storage.blobEndpoint}/uploads/orders/day%201/%C3%A4%2Bb.csv`,
        sequencer: expect.stringMatching(/^[0-9a-f]{32}$/),
        storageDiagnostics: { batchId: expect.any(String) },
      },
    });
  });

  test("names an address that the blob can be read from", async () => {
    await uploads().getBlockBlobClient("an address/100%.txt").upload("x", 1);
    const [event] = await azure.eventsOf("uploads", "an address/100%.txt");
    const { pathname } = new URL(event?.data.url ?? "");
    const path = decodeURIComponent(pathname).replace("/devstoreaccount1/uploads/", "");
    expect((await uploads().getBlobClient(path).downloadToBuffer()).toString()).toBe("x");
  });

  test("tells of an upload in blocks once, as PutBlockList with the whole length", async () => {
    const content = randomBytes(9 * 1024 * 1024);
    const client = uploads().getBlockBlobClient("blocks");
    const upload = await client.uploadData(content, {
      blockSize: 1024 * 1024,
      maxSingleShotSize: 1024,
      concurrency: 4,
    });

    const [event, ...more] = await azure.eventsOf("uploads", "blocks");
    expect(more).toEqual([]);
    const eTag = upload.etag?.replaceAll('"', "");
    expect(event?.data).toMatchObject({ api: "PutBlockList", contentLength: content.length, eTag });
    expect(await client.downloadToBuffer()).toEqual(content);
  });

  test("tells of a copy within the account as CopyBlob, with the copy's own ETag", async () => {
    const source = uploads().getBlockBlobClient("source");
    await source.upload("copied", 6);
    const poller = await azure.service
      .getContainerClient("others")
      .getBlobClient("target")
      .beginCopyFromURL(source.url);
    const copied = await poller.pollUntilDone();

    expect(copied.copyStatus).toBe("success");
    const [event] = await azure.eventsOf("others", "target");
    expect(event?.data).toMatchObject({
      api: "CopyBlob",
      contentLength: 6,
      eTag: copied.etag?.replaceAll('"', ""),
    });
  });

  test("tells of a deletion, with a later sequencer than the creation", async () => {
    await uploads().getBlockBlobClient("short-lived").upload("x", 1);
    await uploads().deleteBlob("short-lived");
    const [created, deleted] = await azure.eventsOf("uploads", "short-lived", 2);
    expect(deleted).toMatchObject({ type: "Microsoft.Storage.BlobDeleted", data: { api: "DeleteBlob" } });
    expect(deleted?.data).not.toHaveProperty("eTag");
    expect(String(deleted?.data.sequencer) > String(created?.data.sequencer)).toBe(true);
  });

  test("tells of each blob that a batch request deletes", async () => {
    const blobs = ["batch/1", "batch/2", "batch/3"].map((name) => uploads().getBlockBlobClient(name));
    for (const blob of blobs) await blob.upload("x", 1);
    const batch = azure.service.getBlobBatchClient();
    await batch.deleteBlobs(
      blobs.map(({ url }) => url),
      new DefaultAzureCredential(),
    );
    for (const { name } of blobs) {
      const events = await azure.eventsOf("uploads", name, 2);
      expect(events.map(({ data }) => data.api)).toEqual(["PutBlob", "DeleteBlob"]);
    }
  });

  test("comes when an append blob is created, and not for what is appended", async () => {
    const log = uploads().getAppendBlobClient("log");
    await log.create();
    for (const line of ["one\n", "two\n"]) await log.appendBlock(line, line.length);
    expect((await log.downloadToBuffer()).toString()).toBe("one\ntwo\n");

    await uploads().getBlockBlobClient("after the log").upload("x", 1);
    await azure.eventsOf("uploads", "after the log");
    const events = await azure.eventsOf("uploads", "log");
    expect(events.map(({ data }) => [data.api, data.blobType])).toEqual([["PutBlob", "AppendBlob"]]);
  });

  test("does not come for what changes no content: reads, metadata, leases, snapshots, refused writes", async () => {
    const client = uploads().getBlockBlobClient("untouched");
    await client.upload("x", 1);
    await client.setMetadata({ key: "value" });
    await client.getProperties();
    const snapshot = await client.createSnapshot();
    await client.withSnapshot(snapshot.snapshot ?? "").delete();
    await client.createSnapshot();
    await client.delete({ deleteSnapshots: "only" });
    const lease = client.getBlobLeaseClient();
    await lease.acquireLease(15);
    await lease.releaseLease();
    await expect(client.upload("y", 1, { conditions: { ifNoneMatch: "*" } })).rejects.toThrow();

    await uploads().getBlockBlobClient("after that").upload("x", 1);
    await azure.eventsOf("uploads", "after that");
    expect(await azure.eventsOf("uploads", "untouched")).toHaveLength(1);
  });

  test("does not come for blocks that are not committed", async () => {
    const client = uploads().getBlockBlobClient("uncommitted");
    await client.stageBlock(Buffer.from("block-1").toString("base64"), "x", 1);
    await uploads().getBlockBlobClient("committed").upload("x", 1);
    await azure.eventsOf("uploads", "committed");
    expect(azure.events.filter(({ subject }) => subject.endsWith("/uncommitted"))).toEqual([]);
  });
});
