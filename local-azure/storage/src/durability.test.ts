import { execFileSync } from "node:child_process";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type BlobEvent, type LocalStorage, type StorageEnd, type StorageOptions, startStorage } from "./index.ts";
import { prepareIdentity } from "./testing/test-storage.ts";

let identity: Awaited<ReturnType<typeof prepareIdentity>>;
let folder: string;
beforeAll(async () => {
  identity = await prepareIdentity();
});
afterAll(() => identity[Symbol.asyncDispose]());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "storage-durability-"));
});
afterEach(() => rm(folder, { recursive: true }));

interface Killable extends AsyncDisposable {
  readonly storage: LocalStorage;
  readonly data: ContainerClient;
  /** Ends the process as a crash would, and gives what was said of it. */
  kill(): Promise<StorageEnd>;
}

async function start(options: Partial<StorageOptions> = {}): Promise<Killable> {
  const ended = Promise.withResolvers<StorageEnd>();
  const settings = { tls: identity.tls, folder, containers: ["data"], onEnd: ended.resolve, ...options };
  const storage = await startStorage(settings);
  // What a client does about a server that goes is not the matter here.
  const retryOptions = { maxTries: 1 };
  const service = new BlobServiceClient(storage.blobEndpoint, new DefaultAzureCredential(), { retryOptions });
  return {
    storage,
    data: service.getContainerClient("data"),
    async kill() {
      process.kill(storage.processId, "SIGKILL");
      return ended.promise;
    },
    [Symbol.asyncDispose]: () => storage.close(),
  };
}

/** Everything that a client can read of a container; a blob before its snapshots. */
async function everythingIn(container: ContainerClient): Promise<unknown[]> {
  const all: { name: string; snapshot: string | undefined; content: string; properties: unknown }[] = [];
  const more = { includeMetadata: true, includeSnapshots: true, includeTags: true, includeUncommitedBlobs: true };
  for await (const { name, snapshot, properties, metadata, tags } of container.listBlobsFlat(more)) {
    const blob = snapshot ? container.getBlobClient(name).withSnapshot(snapshot) : container.getBlobClient(name);
    const { etag, leaseState, contentType, contentLength } = properties;
    const content = contentLength ? (await blob.downloadToBuffer()).toString() : "";
    all.push({ name, snapshot, content, properties: { etag, leaseState, contentType, metadata, tags } });
  }
  const place = (one: (typeof all)[number]) => `${one.name}/${one.snapshot ?? ""}`;
  return all.sort((a, b) => place(a).localeCompare(place(b)));
}

const text = (content: string) => [content, content.length] as const;

describe("a storage process that is killed", { timeout: 120_000 }, () => {
  test("has lost nothing of what it had acknowledged, whatever was done to it", async () => {
    let before: unknown[];
    let leaseId = "";
    {
      await using first = await start();
      const blob = (name: string) => first.data.getBlockBlobClient(name);
      await blob("written").upload(...text("one"), { tags: { colour: "red" }, metadata: { day: "1" } });
      await blob("replaced").upload(...text("before"));
      await blob("replaced").upload(...text("after"), { blobHTTPHeaders: { blobContentType: "text/plain" } });
      await blob("deleted").upload(...text("gone"));
      await blob("deleted").delete();
      await blob("described").upload(...text("two"));
      await blob("described").setMetadata({ day: "2" });
      await blob("snapped").upload(...text("three"));
      await blob("snapped").createSnapshot();
      await blob("snapped").upload(...text("four"));
      await blob("copied").syncCopyFromURL(blob("written").url, { sourceAuthorization: await bearer() });
      const [first64, second64] = ["0", "1"].map((id) => Buffer.from(id).toString("base64"));
      await blob("in blocks").stageBlock(String(first64), ...text("five "));
      await blob("in blocks").stageBlock(String(second64), ...text("six"));
      await blob("in blocks").commitBlockList([String(first64), String(second64)]);
      await blob("half done").stageBlock(String(first64), ...text("seven"));
      const log = first.data.getAppendBlobClient("log");
      await log.create();
      for (const line of ["a\n", "b\n", "c\n"]) await log.appendBlock(...text(line));
      await blob("leased").upload(...text("eight"));
      leaseId = (await blob("leased").getBlobLeaseClient().acquireLease(-1)).leaseId ?? "";
      before = await everythingIn(first.data);
      await first.kill();
    }
    expect(before).toHaveLength(10);
    await using second = await start();
    expect(await everythingIn(second.data)).toEqual(before);
    // What is found by its place among others is found, and what had begun can be finished.
    const halfDone = second.data.getBlockBlobClient("half done");
    await halfDone.commitBlockList([Buffer.from("0").toString("base64")]);
    expect((await halfDone.downloadToBuffer()).toString()).toBe("seven");
    const leased = second.data.getBlockBlobClient("leased");
    await expect(leased.upload(...text("x"))).rejects.toMatchObject({ code: "LeaseIdMissing" });
    await leased.upload(...text("nine"), { conditions: { leaseId } });
    const created = second.data
      .getBlockBlobClient("written")
      .upload(...text("x"), { conditions: { ifNoneMatch: "*" } });
    await expect(created).rejects.toMatchObject({ statusCode: 409 });
  });

  test("under load, again and again, has every acknowledged counter at its value or the one under way", async () => {
    const acknowledged = new Map<string, number>();
    const port = await start().then(async ({ storage, kill }) => {
      await kill();
      return storage.port;
    });
    for (let round = 0; round < 3; round++) {
      const running = await start({ port });
      expect(running.storage.port).toBe(port);
      const count = async (name: string): Promise<void> => {
        const blob = running.data.getBlockBlobClient(name);
        for (let next = (acknowledged.get(name) ?? 0) + 1; ; next++) {
          const conditions = next === 1 ? { ifNoneMatch: "*" } : {};
          await blob.upload(...text(`${next}`), { conditions });
          acknowledged.set(name, next);
        }
      };
      const counting = Array.from({ length: 8 }, (_, i) => count(`${round}-${i}`).catch(() => undefined));
      const written = () => [...acknowledged.values()].reduce((sum, value) => sum + value, 0);
      const already = written();
      await vi.waitUntil(() => written() > already + 100, { timeout: 30_000, interval: 1 });
      await running.kill();
      await Promise.all(counting);
    }
    await using last = await start({ port });
    for (const [name, value] of acknowledged) {
      const found = Number((await last.data.getBlobClient(name).downloadToBuffer()).toString());
      expect([value, value + 1], name).toContain(found);
    }
    expect(acknowledged.size).toBe(24);
  });

  test("raises the events again that nobody had taken, and no others", async () => {
    const heard: string[] = [];
    const names = (events: readonly BlobEvent[]) => events.map(({ subject }) => subject.split("/").at(-1));
    const hear = (event: BlobEvent) => void heard.push(String(names([event])[0]));
    {
      const untaken: BlobEvent[] = [];
      const never = (event: BlobEvent) => {
        untaken.push(event);
        return new Promise<void>(() => {});
      };
      const first = await start({ onEvent: (event) => (names([event])[0] === "taken" ? hear(event) : never(event)) });
      for (const name of ["taken", "a", "b"]) await first.data.getBlockBlobClient(name).upload(...text(name));
      await vi.waitUntil(() => untaken.length === 2, { timeout: 10_000 });
      await first.kill();
      // Half a line, as a process leaves it that is killed while it writes.
      await appendFile(join(folder, "events.jsonl"), '{"event":{"id":"half');
    }
    {
      await using second = await start({ onEvent: hear });
      await vi.waitUntil(() => heard.includes("b"), { timeout: 10_000 });
      await second.data.getBlockBlobClient("c").upload(...text("c"));
    }
    await using _third = await start({ onEvent: hear });
    expect(heard).toEqual(["taken", "a", "b", "c"]);
  });

  test.runIf(process.platform === "linux")("for want of room answers for nothing that it could not write", async () => {
    const ended = Promise.withResolvers<StorageEnd>();
    await using full = await start({ onEnd: ended.resolve });
    const blob = full.data.getBlockBlobClient("b");
    await blob.upload(...text("kept"));
    // From now on each write fails, as on a full disk.
    execFileSync("prlimit", ["--pid", String(full.storage.processId), "--fsize=1"]);
    await expect(blob.setMetadata({ lost: "yes" })).rejects.toMatchObject({
      code: expect.stringMatching(/^E|REQUEST_SEND/),
    });
    expect((await ended.promise).output.join("\n")).toContain("EFBIG: file too large, write");
    await using again = await start();
    expect((await again.data.getBlobClient("b").getProperties()).metadata).toEqual({});
  });
});

test("storage that is closed in the midst of writing has raised an event for each blob that is there", async () => {
  const heard = new Set<string>();
  const nameOf = ({ subject }: BlobEvent) => String(subject.split("/").at(-1));
  for (let round = 0; round < 2; round++) {
    const running = await start({ onEvent: (event) => void heard.add(nameOf(event)) });
    const write = async (writer: number): Promise<void> => {
      for (let next = 0; ; next++)
        await running.data.getBlockBlobClient(`${round}-${writer}-${next}`).upload(...text("x"));
    };
    const writing = Array.from({ length: 16 }, (_, writer) => write(writer).catch(() => undefined));
    await vi.waitUntil(() => heard.size > 20 * (round + 1), { timeout: 30_000, interval: 1 });
    await running.storage.close();
    await Promise.all(writing);
  }
  await using last = await start({ onEvent: (event) => void heard.add(nameOf(event)) });
  const there = (await Array.fromAsync(last.data.listBlobsFlat())).map(({ name }) => name);
  expect(there.length).toBeGreaterThan(40);
  expect(there.filter((name) => !heard.has(name))).toEqual([]);
}, 120_000);

const bearer = async () => ({
  scheme: "Bearer",
  value: (await new DefaultAzureCredential().getToken("https://storage.azure.com/.default")).token,
});

test("a folder that another storage service has is refused, and the message names its process", async () => {
  await using first = await start();
  const { processId } = first.storage;
  await expect(start()).rejects.toThrow(`${folder} is in use by process ${processId} (`);
}, 60_000);
