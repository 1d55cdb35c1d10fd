import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { startManagedIdentity } from "@local-azure/identity";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type LocalAzure, type LocalAzureOptions, type ServerReport, startLocalAzure, type Topology } from "./index.ts";
import { topology, withReceipts } from "./testing/topology.ts";

let folder: string;
const credential = new DefaultAzureCredential();
beforeAll(async () => {
  // MSAL keeps the first endpoint it meets for the life of the process, whichever stack a test starts after that.
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  afterAll(() => identity.close());
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-azure-stack-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = (wanted = topology, options: Partial<LocalAzureOptions> = {}) =>
  startLocalAzure(wanted, { folder, ...options });
const container = (azure: LocalAzure, name: string): ContainerClient =>
  new BlobServiceClient(azure.addresses.blobEndpoint, credential).getContainerClient(name);

async function receiveOne(azure: LocalAzure, queue: string) {
  const client = new ServiceBusClient(azure.addresses.serviceBusNamespace, credential);
  const receiver = client.createReceiver(queue);
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
  if (message) await receiver.completeMessage(message);
  await client.close();
  return message;
}

describe("the local Azure", () => {
  test("takes a blob through Event Grid and a queue to a function app, which answers with a blob", async () => {
    await using azure = await start(withReceipts);
    const upload = await container(azure, "uploads").getBlockBlobClient("day 1.csv").upload("a,b", 3);
    const receipt = container(azure, "receipts").getBlobClient("day 1.csv");
    await vi.waitUntil(() => receipt.exists(), { timeout: 10_000 });
    expect(JSON.parse((await receipt.downloadToBuffer()).toString())).toEqual({
      url: `${azure.addresses.blobEndpoint}/uploads/day%201.csv`,
      eTag: upload.etag?.replaceAll('"', ""),
    });
  });

  test("tells of each part as it becomes ready", async () => {
    const parts: string[] = [];
    await using azure = await start(topology, { onProgress: (part) => parts.push(part) });
    expect(parts).toEqual([
      "certificates",
      "managed identity",
      "storage",
      "service bus",
      "event grid",
      "machine learning",
      "resource manager",
    ]);
    expect(azure.addresses.topicEndpoints["orders"]).toMatch(/^https:\/\/localhost:\d+\/orders\/api\/events$/);
  });

  test("keeps blobs, messages and addresses from one start to the next", async () => {
    let before: LocalAzure["addresses"];
    {
      await using azure = await start();
      before = azure.addresses;
      await container(azure, "uploads").getBlockBlobClient("kept").upload("kept", 4);
      const client = new ServiceBusClient(azure.addresses.serviceBusNamespace, credential);
      await client.createSender("orders").sendMessages({ body: "kept" });
      await client.close();
    }
    await using azure = await start();
    expect(azure.addresses).toEqual(before);
    expect((await container(azure, "uploads").getBlobClient("kept").downloadToBuffer()).toString()).toBe("kept");
    expect((await receiveOne(azure, "orders"))?.body).toBe("kept");
    expect((await receiveOne(azure, "uploads"))?.body.subject).toMatch(/\/blobs\/kept$/);
  });

  test("takes another port where the one it had is taken, and says by whom", async () => {
    let port = 0;
    {
      await using azure = await start();
      port = Number(new URL(azure.addresses.blobEndpoint).port);
    }
    const other = createServer().listen(port, "127.0.0.1");
    await once(other, "listening");
    const reports: ServerReport[] = [];
    await using azure = await start(topology, { onServer: (report) => reports.push(report) });
    expect(new URL(azure.addresses.blobEndpoint).port).not.toBe(String(port));
    const holder = { id: process.pid, command: expect.any(String) };
    expect(reports).toEqual([{ kind: "moved", server: "storage", port, holder }]);
    other.close();
  });
});

describe("a start that fails", () => {
  test.each<[string, Topology, string]>([
    [
      "a container",
      { ...topology, storage: { account: "a", containers: ["Wrong!"] } },
      '"Wrong!" cannot be a container',
    ],
    ["a queue", { ...topology, serviceBus: { queues: [{ name: "q", lockDuration: "PT1H" }] } }, "lockDuration"],
    [
      "an event subscription",
      {
        ...topology,
        eventGrid: {
          ...topology.eventGrid,
          storageSubscriptions: [{ name: "x", destination: { endpointType: "ServiceBusQueue", entity: "orders" } }],
        },
      },
      '"x": name must be',
    ],
    ["a function app", { ...topology, sites: () => [{ name: "no-app", directory: import.meta.dirname }] }, "host.json"],
  ])("for %s says why, and leaves nothing running", async (_, wanted, message) => {
    const addresses: string[] = [];
    const onProgress: LocalAzureOptions["onProgress"] = (part, address) => {
      if (part !== "certificates") addresses.push(address);
    };
    await expect(start(wanted, { onProgress })).rejects.toThrow(message);
    const ports = addresses.flatMap((address) => /(?:localhost|127\.0\.0\.1):(\d+)/.exec(address)?.[1] ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) await vi.waitUntil(() => isFree(Number(port)), { timeout: 10_000 });
  });
});

async function isFree(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const connected = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return !connected;
}
