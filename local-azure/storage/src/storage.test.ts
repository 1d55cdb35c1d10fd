import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type StorageEnd, StorageError, startStorage } from "./index.ts";
import { prepareIdentity, startTestStorage, type TestStorage } from "./testing/test-storage.ts";

let identity: Awaited<ReturnType<typeof prepareIdentity>>;
let azure: TestStorage;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-azure-storage-"));
  identity = await prepareIdentity();
  azure = await startTestStorage({ tls: identity.tls, containers: ["state"] });
});
afterAll(async () => {
  await azure.storage.close();
  await identity[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const state = () => azure.service.getContainerClient("state");
const statusCodes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.flatMap((result) => (result.status === "rejected" ? [result.reason.statusCode] : []));

describe("compare-and-swap through the blob SDK", () => {
  test("lets one of many creators win with If-None-Match", async () => {
    const client = state().getBlockBlobClient("created once");
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => client.upload(`${i}`, `${i}`.length, { conditions: { ifNoneMatch: "*" } })),
    );
    expect(statusCodes(results)).toEqual(Array(39).fill(409));
  });

  test("lets one of many creators win when they commit blocks", async () => {
    const client = state().getBlockBlobClient("committed once");
    const id = Buffer.from("0").toString("base64");
    await client.stageBlock(id, "x", 1);
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, () => client.commitBlockList([], { conditions: { ifNoneMatch: "*" } })),
    );
    expect(statusCodes(results)).toEqual(Array(39).fill(409));
  });

  test("loses no update when each writer reads, adds one and writes with If-Match", async () => {
    const client = state().getBlockBlobClient("counter");
    await client.upload("0", 1);
    const addOne = async (): Promise<void> => {
      const read = await client.download();
      const next = String(Number(await text(read.readableStreamBody)) + 1);
      try {
        await client.upload(next, next.length, { conditions: { ifMatch: read.etag ?? "" } });
      } catch (error) {
        expect(error).toMatchObject({ statusCode: 412, code: "ConditionNotMet" });
        await addOne();
      }
    };
    await Promise.all(Array.from({ length: 10 }, addOne));
    expect((await client.downloadToBuffer()).toString()).toBe("10");
  });

  test("keeps others from writing while one holds the lease", async () => {
    const client = state().getBlockBlobClient("leased");
    await client.upload("x", 1);
    const leases = await Promise.allSettled(
      Array.from({ length: 10 }, () => client.getBlobLeaseClient().acquireLease(15)),
    );
    expect(statusCodes(leases)).toEqual(Array(9).fill(409));
    const leaseId = leases.flatMap((lease) => (lease.status === "fulfilled" ? [lease.value.leaseId ?? ""] : []))[0];

    await expect(client.upload("y", 1)).rejects.toMatchObject({ statusCode: 412, code: "LeaseIdMissing" });
    await client.upload("y", 1, { conditions: { leaseId: leaseId ?? "" } });
    await client.getBlobLeaseClient(leaseId).releaseLease();
    await client.upload("z", 1);
  });
});

describe("access", () => {
  test("is refused without a token and with one for another resource", async () => {
    const url = `${azure.storage.blobEndpoint}?comp=list`;
    expect((await fetch(url)).status).toBe(403);
    const headers = { authorization: "Bearer x.y.z", "x-ms-version": "2024-11-04" };
    expect((await fetch(url, { headers })).status).toBe(403);
  });

  test("is possible by the account's key and name", async () => {
    const account = { name: "shopaccount" };
    await using own = await startTestStorage({ tls: identity.tls, containers: ["data"], account });
    expect(own.storage.blobEndpoint).toMatch(/\/shopaccount$/);
    const key = new StorageSharedKeyCredential(own.storage.accountName, own.storage.accountKey);
    await new BlobServiceClient(own.storage.blobEndpoint, key).getContainerClient("data").getProperties();
    const other = new StorageSharedKeyCredential("shopaccount", Buffer.alloc(64).toString("base64"));
    await expect(
      new BlobServiceClient(own.storage.blobEndpoint, other).getContainerClient("data").getProperties(),
    ).rejects.toThrow("Authentication information is not given in the correct format");
  });
});

describe("the service", () => {
  test("keeps blobs, their order of events and containers from one run to the next", async () => {
    const kept = join(folder, "kept");
    const options = { tls: identity.tls, folder: kept, containers: ["data"] };
    let sequencer = "";
    {
      await using first = await startTestStorage(options);
      await first.service.getContainerClient("data").getBlockBlobClient("b").upload("kept", 4);
      sequencer = (await first.eventsOf("data", "b"))[0]?.data.sequencer ?? "";
    }
    await using second = await startTestStorage({ ...options, containers: ["data", "new"] });
    const container = second.service.getContainerClient("data");
    expect((await container.getBlobClient("b").downloadToBuffer()).toString()).toBe("kept");
    await container.getBlockBlobClient("b").upload("changed", 7);
    expect(String((await second.eventsOf("data", "b"))[0]?.data.sequencer) > sequencer).toBe(true);
    expect(await second.service.getContainerClient("new").exists()).toBe(true);
  });

  test("says so when its port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const failure = await startStorage({ tls: identity.tls, port }).catch((error: unknown) => error);
    const reason = `listen EADDRINUSE: address already in use 127.0.0.1:${port}`;
    expect(failure).toBeInstanceOf(StorageError);
    expect(failure).toMatchObject({
      message: `The storage service could not start on port ${port}: ${reason}`,
      reason,
    });
    taken.close();
  });

  test.each(["no", "UPPER", "two--hyphens", "a".repeat(64)])(
    "refuses a container that cannot be called %j",
    async (name) => {
      await expect(startStorage({ tls: identity.tls, containers: [name] })).rejects.toThrow(`"${name}" cannot be`);
    },
  );

  test("says so when the files it finds are not its own", async () => {
    const torn = await mkdtemp(join(folder, "torn-"));
    await writeFile(join(torn, "blobs.json"), "{ torn");
    const failure = await startStorage({ tls: identity.tls, folder: torn }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StorageError);
    expect(failure).toMatchObject({ reason: expect.stringMatching(`^${join(torn, "blobs.json")} is damaged \\(`) });
  });

  test("reports that its process has ended", async () => {
    const ended = Promise.withResolvers<StorageEnd>();
    await using storage = await startStorage({ tls: identity.tls, onEnd: ended.resolve });
    process.kill(storage.processId, "SIGKILL");
    expect(await ended.promise).toEqual({ how: "was killed by SIGKILL", output: [] });
  });

  test("ends with the process that started it", async () => {
    const parent = spawn(process.execPath, ["--input-type=module", "-e", parentProgram, JSON.stringify(identity.tls)], {
      stdio: ["ignore", "pipe", "inherit"],
      cwd: import.meta.dirname,
    });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const storageProcess = Number(line.toString());
    parent.kill("SIGKILL");
    await vi.waitUntil(() => !isAlive(storageProcess), { timeout: 10_000 });
  });
});

const parentProgram = `
  import { startStorage } from "./index.ts";
  const storage = await startStorage({ tls: JSON.parse(process.argv[1]) });
  console.log(storage.processId);
`;

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

async function text(stream: NodeJS.ReadableStream | undefined): Promise<string> {
  let whole = "";
  for await (const chunk of stream ?? []) whole += chunk;
  return whole;
}
