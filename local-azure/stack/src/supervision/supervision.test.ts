import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { startManagedIdentity } from "@local-azure/identity";
import { startStorage } from "@local-azure/storage";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type LocalAzure, ServerFailedError, type ServerReport, startLocalAzure, type Topology } from "../index.ts";
import { appProgram, killChild, storageProgram } from "../testing/processes.ts";
import { topology, withLicensed, withReceipts } from "../testing/topology.ts";

let folder: string;
const credential = new DefaultAzureCredential();
beforeAll(async () => {
  // MSAL keeps the first endpoint it meets for the life of the process, whichever stack a test starts after that.
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  afterAll(() => identity.close());
});
let reports: ServerReport[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-azure-supervision-"));
  reports = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = (wanted: Topology = topology) =>
  startLocalAzure(wanted, { folder, onServer: (report) => reports.push(report) });
const container = (azure: LocalAzure, name: string) =>
  new BlobServiceClient(azure.addresses.blobEndpoint, credential).getContainerClient(name);
const upload = (azure: LocalAzure, name: string) =>
  container(azure, "uploads").getBlockBlobClient(name).upload(name, name.length);
const receiptOf = (azure: LocalAzure, name: string) =>
  vi.waitUntil(() => container(azure, "receipts").getBlobClient(name).exists(), { timeout: 20_000 });
const reported = (kind: ServerReport["kind"], count = 1) =>
  vi.waitUntil(() => reports.filter((report) => report.kind === kind).length >= count, { timeout: 20_000 });

describe("a server whose process is killed", { timeout: 60_000 }, () => {
  test("storage has every blob again, at the same address, and the events of those that come meanwhile", async () => {
    await using azure = await start(withReceipts);
    await upload(azure, "before");
    await killChild(storageProgram);
    // As any client does: it is refused, and tries again.
    await upload(azure, "meanwhile");
    expect((await container(azure, "uploads").getBlobClient("before").downloadToBuffer()).toString()).toBe("before");
    for (const name of ["before", "meanwhile"]) await receiptOf(azure, name);
    expect(reports).toEqual([
      { kind: "down", server: "storage", reason: "its process was killed by SIGKILL", retryInMs: 250 },
      { kind: "up", server: "storage", downMs: expect.any(Number) },
    ]);
  });

  test("an app takes its messages up again", async () => {
    await using azure = await start(withReceipts);
    await upload(azure, "before");
    await receiptOf(azure, "before");
    await killChild(appProgram);
    await upload(azure, "after");
    await receiptOf(azure, "after");
    await reported("up");
    expect(reports).toEqual([
      { kind: "down", server: "receipts", reason: "the process ended with SIGKILL", retryInMs: 250 },
      { kind: "up", server: "receipts", downMs: expect.any(Number) },
    ]);
  });

  test("an app is answered for by 503 until it is back, at the same address", async () => {
    await using azure = await start(withLicensed(import.meta.filename));
    const ping = () => fetch(`${azure.sites[0]?.endpoint}/api/ping`);
    expect(await (await ping()).text()).toBe("pong");
    await killChild(appProgram);
    await reported("down");
    const meanwhile = await ping();
    expect([meanwhile.status, meanwhile.headers.get("retry-after")]).toEqual([503, "1"]);
    await vi.waitUntil(async () => (await ping()).ok, { timeout: 20_000 });
  });
});

describe("a server whose process is killed before it serves", { timeout: 60_000 }, () => {
  test.each([
    ["storage", storageProgram],
    ["receipts", appProgram],
  ])("is started again, and the start goes on: %s", async (server, program) => {
    const starting = start(withReceipts);
    await killChild(program);
    await using azure = await starting;
    await upload(azure, "after");
    await receiptOf(azure, "after");
    expect(reports).toEqual([
      { kind: "down", server, reason: expect.stringMatching(/SIGKILL/), retryInMs: 0 },
      { kind: "up", server, downMs: expect.any(Number) },
    ]);
  });
});

describe("a server that cannot be kept up ends all", { timeout: 60_000 }, () => {
  test("storage that does not start again, with its reason", async () => {
    await using azure = await start();
    await upload(azure, "before");
    await writeFile(join(folder, "storage", "blobs.json"), "{ torn");
    await killChild(storageProgram);
    const failure = await azure.failure;
    expect(failure).toBeInstanceOf(ServerFailedError);
    expect(failure.server).toBe("storage");
    expect(failure.message).toMatch(
      /^storage has ended 5 times within 60 s\. The last time: it could not start: .*blobs\.json is damaged/,
    );
    expect(reports).toEqual(
      [250, 500, 1000, 2000].map((retryInMs) => expect.objectContaining({ kind: "down", retryInMs })),
    );
  });

  test("an app that does not start again, with the last lines that it printed", async () => {
    const licence = join(folder, "licence");
    await writeFile(licence, "");
    await using azure = await start(withLicensed(licence));
    rmSync(licence);
    await killChild(appProgram);
    const failure = await azure.failure;
    expect(failure.message).toContain(
      'licensed has ended 5 times within 60 s. The last time: Function app "licensed" did not start.',
    );
    expect(failure.output).toEqual(["there is no licence any more"]);
  });

  test("one that does not start in the first place is an error of the start, and nothing is said of it before", async () => {
    await expect(start(withLicensed(join(folder, "no licence")))).rejects.toThrow('"licensed" did not start');
    expect(reports).toEqual([]);
  });
});

describe("a folder", () => {
  test("is one local Azure's alone: the second is told which process has it", async () => {
    await using _first = await start();
    await expect(start()).rejects.toThrow(`${folder} is in use by process ${process.pid} (`);
  });

  test("whose storage was left behind by another run is waited for", async () => {
    const tls = await start().then(async (azure) => {
      await azure.close();
      return azure.authority.server;
    });
    const left = await startStorage({ tls, folder: join(folder, "storage"), onEnd: () => {} });
    const starting = start();
    process.kill(left.processId, "SIGKILL");
    await using _azure = await starting;
    expect(reports).toEqual([]);
  });

  test("whose storage was left behind and stays is refused, and its process named", async () => {
    const tls = await start().then(async (azure) => {
      await azure.close();
      return azure.authority.server;
    });
    await using left = await startStorage({ tls, folder: join(folder, "storage") });
    await expect(start()).rejects.toThrow(
      `${join(folder, "storage")} is in use by process ${left.processId} (${process.execPath}`,
    );
  });
});
