import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { DefaultAzureCredential } from "@azure/identity";
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient } from "@azure/storage-blob";
import { startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Addresses, type ServerReport, startLocalAzure } from "../index.ts";
import { childrenOf, lives } from "../testing/processes.ts";
import { withLicensed } from "../testing/topology.ts";

let folder: string;
const credential = new DefaultAzureCredential();
beforeAll(async () => {
  // MSAL keeps the first endpoint it meets for the life of the process, whichever stack a test starts after that.
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  afterAll(() => identity.close());
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-azure-left-behind-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const topology = withLicensed(import.meta.filename);

interface Elsewhere {
  readonly process: ChildProcess;
  readonly lines: Interface;
  readonly addresses: Addresses;
  readonly endpoint: string;
}

/** A local Azure in a process of its own, which says when and why it fails. */
async function startElsewhere(): Promise<Elsewhere> {
  const program = `
    import { startLocalAzure } from ${JSON.stringify(join(import.meta.dirname, "../index.ts"))};
    import { withLicensed } from ${JSON.stringify(join(import.meta.dirname, "../testing/topology.ts"))};
    const [licence, folder] = process.argv.slice(1);
    const azure = await startLocalAzure(withLicensed(licence), { folder });
    console.log(JSON.stringify({ addresses: azure.addresses, endpoint: azure.sites[0].endpoint }));
    console.log((await azure.failure).message);
    await azure.close();`;
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval"];
  const other = spawn(process.execPath, [...flags, program, import.meta.filename, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: other.stdout });
  const [line] = (await once(lines, "line")) as [string];
  trustCertificateAuthority(await readFile(join(folder, "certificates", "ca.pem"), "utf8"));
  return { process: other, lines, ...(JSON.parse(line) as Pick<Elsewhere, "addresses" | "endpoint">) };
}

const uploads = ({ blobEndpoint }: Addresses) =>
  new BlobServiceClient(blobEndpoint, credential).getContainerClient("uploads");

test("a local Azure that is killed takes all of its processes with it, and the next goes on where it was", async () => {
  const other = await startElsewhere();
  await uploads(other.addresses).getBlockBlobClient("kept").upload("kept", 4);
  // One of them is too busy to notice anything.
  void fetch(`${other.endpoint}/api/loop`).catch(() => undefined);
  const children = childrenOf(other.process.pid ?? 0);
  expect(children.map(({ command }) => /service-process|child\.ts|kill -KILL/.exec(command)?.[0]).sort()).toEqual([
    "child.ts",
    "kill -KILL",
    "kill -KILL",
    "service-process",
  ]);
  other.process.kill("SIGKILL");
  const reports: ServerReport[] = [];
  await using azure = await startLocalAzure(topology, { folder, onServer: (report) => reports.push(report) });
  await vi.waitUntil(() => !children.some(({ id }) => lives(id)), { timeout: 5_000 });
  expect(azure.addresses).toEqual(other.addresses);
  expect(azure.sites[0]?.endpoint).toBe(other.endpoint);
  expect((await uploads(azure.addresses).getBlobClient("kept").downloadToBuffer()).toString()).toBe("kept");
  expect(reports).toEqual([]);
}, 60_000);

test.runIf(process.platform === "linux")(
  "a broker that cannot write ends all, with its reason",
  async () => {
    const other = await startElsewhere();
    // From now on each write fails, as on a full disk.
    execFileSync("prlimit", ["--pid", String(other.process.pid), "--fsize=1"]);
    const retryOptions = { maxRetries: 0, timeoutInMs: 2_000 };
    const client = new ServiceBusClient(other.addresses.serviceBusNamespace, credential, { retryOptions });
    const [said, ended] = [once(other.lines, "line"), once(other.process, "exit")];
    const sent = client.createSender("orders").sendMessages({ body: "lost" });
    const [reason] = (await said) as [string];
    expect(reason).toMatch(/^service bus has stopped: Writing to the data folder '.*' failed \(/);
    expect(await ended).toEqual([0, null]);
    await expect(sent).rejects.toThrow();
    await client.close();
  },
  60_000,
);
