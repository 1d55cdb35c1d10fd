import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient } from "@azure/storage-blob";
import { type IdentityEnvironment, trustCertificateAuthority } from "@local-azure/identity";
import { localCredential } from "@local-azure/identity/credential";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Addresses, type ServerReport, startLocalAzure } from "../index.ts";
import { childrenOf, lives } from "../testing/processes.ts";
import { withLicensed } from "../testing/topology.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-azure-left-behind-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const topology = withLicensed(import.meta.filename);

/** Where a local Azure is, and how to be believed there. */
interface Whereabouts {
  readonly addresses: Addresses;
  readonly environment: IdentityEnvironment;
  readonly endpoint: string;
}

interface Elsewhere extends Whereabouts {
  readonly process: ChildProcess;
  readonly lines: Interface;
}

/** A local Azure in a process of its own, which says when and why it fails. */
async function startElsewhere(): Promise<Elsewhere> {
  const program = `
    import { startLocalAzure } from ${JSON.stringify(join(import.meta.dirname, "../index.ts"))};
    import { withLicensed } from ${JSON.stringify(join(import.meta.dirname, "../testing/topology.ts"))};
    const [licence, folder] = process.argv.slice(1);
    const azure = await startLocalAzure(withLicensed(licence), { folder });
    const { addresses, environment, sites: [{ endpoint }] } = azure;
    console.log(JSON.stringify({ addresses, environment, endpoint }));
    console.log((await azure.failure).message);
    await azure.close();`;
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval"];
  const other = spawn(process.execPath, [...flags, program, import.meta.filename, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: other.stdout });
  const [line] = (await once(lines, "line")) as [string];
  trustCertificateAuthority(await readFile(join(folder, "certificates", "ca.pem"), "utf8"));
  return { process: other, lines, ...(JSON.parse(line) as Whereabouts) };
}

const uploads = ({ addresses, environment }: Pick<Whereabouts, "addresses" | "environment">) =>
  new BlobServiceClient(addresses.blobEndpoint, localCredential(environment)).getContainerClient("uploads");

test("a local Azure that is killed takes all of its processes with it, and the next goes on where it was", async () => {
  const other = await startElsewhere();
  await uploads(other).getBlockBlobClient("kept").upload("kept", 4);
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
  expect((await uploads(azure).getBlobClient("kept").downloadToBuffer()).toString()).toBe("kept");
  expect(reports).toEqual([]);
}, 60_000);

test.runIf(process.platform === "linux")(
  "a broker that cannot write ends all, with its reason",
  async () => {
    const other = await startElsewhere();
    // From now on each write fails, as on a full disk.
    execFileSync("prlimit", ["--pid", String(other.process.pid), "--fsize=1"]);
    const retryOptions = { maxRetries: 0, timeoutInMs: 2_000 };
    const { addresses, environment } = other;
    const client = new ServiceBusClient(addresses.serviceBusNamespace, localCredential(environment), { retryOptions });
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
