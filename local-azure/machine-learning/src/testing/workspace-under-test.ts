import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AzureMachineLearningWorkspaces, type CommandJob, type JobBase } from "@azure/arm-machinelearning";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { startResourceManager } from "@local-azure/resource-manager";
import { startStorage } from "@local-azure/storage";
import { expect, vi } from "vitest";
import { createMachineLearning, type MachineLearningEvent, type MachineLearningOptions } from "../index.ts";
import { withAssetTypes } from "./asset-types.ts";

const address = { subscriptionId: "sub", resourceGroup: "group", name: "workspace" } as const;
const inWorkspace = [address.resourceGroup, address.name] as const;

/** The parts of the local Azure that a workspace needs, real ones, and the SDK's clients in front of them. */
export async function startWorkspace(options: Partial<MachineLearningOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), "machine-learning-test-"));
  const authority = await createCertificateAuthority(join(folder, "ca"));
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  const blobsWritten: string[] = [];
  const storage = await startStorage({
    tls: authority.server,
    containers: ["code", "runs"],
    onEvent: ({ subject }) => void blobsWritten.push(subject.replace("/blobServices/default/containers/", "")),
  });
  const credential = new DefaultAzureCredential();

  const events: MachineLearningEvent[] = [];
  const output: string[] = [];
  const open = async (changes: Partial<MachineLearningOptions> = {}) => {
    const machineLearning = await createMachineLearning({
      workspace: address,
      storage: { blobEndpoint: storage.blobEndpoint },
      datastores: [{ name: "runs", container: "runs" }],
      folder: join(folder, "state"),
      graceMs: 500,
      onEvent: (event) => void events.push(event),
      onJobOutput: (_job, line) => void output.push(line),
      ...options,
      ...changes,
    });
    const manager = await startResourceManager({ tls: authority.server, providers: [machineLearning.provider] });
    return { machineLearning, manager };
  };
  let running = await open();
  const stop = async () => {
    await running.manager.close();
    await running.machineLearning.close();
  };

  const clientAt = (endpoint: string) =>
    withAssetTypes(
      new AzureMachineLearningWorkspaces(credential, address.subscriptionId, {
        endpoint,
        credentialScopes: "https://management.azure.com/.default",
      }),
    );
  const blobs = new BlobServiceClient(storage.blobEndpoint, credential);
  const get = (job: string): Promise<JobBase> => clientAt(running.manager.endpoint).jobs.get(...inWorkspace, job);

  return {
    inWorkspace,
    blobEndpoint: storage.blobEndpoint,
    events,
    /** `<container>/blobs/<name>` of each blob, in the order in which storage told of them. */
    blobsWritten,
    output,
    get client() {
      return clientAt(running.manager.endpoint);
    },
    /** Stops the workspace and opens it again on the same state. */
    async restart(changes?: Partial<MachineLearningOptions>) {
      await stop();
      running = await open(changes);
    },
    async putBlob(container: string, name: string, content: string) {
      await blobs.getContainerClient(container).getBlockBlobClient(name).upload(content, Buffer.byteLength(content));
    },
    async readBlob(container: string, name: string): Promise<string> {
      return (await this.readBlobBytes(container, name)).toString();
    },
    readBlobBytes: (container: string, name: string): Promise<Buffer> =>
      blobs.getContainerClient(container).getBlobClient(name).downloadToBuffer(),
    async blobNames(container: string, prefix: string): Promise<readonly string[]> {
      const names: string[] = [];
      for await (const { name } of blobs.getContainerClient(container).listBlobsFlat({ prefix })) names.push(name);
      return names;
    },
    async createEnvironment(): Promise<string> {
      const image = { properties: { image: "example.azurecr.io/pytorch:1" } };
      const { id } = await clientAt(running.manager.endpoint).environmentVersions.createOrUpdate(
        ...inWorkspace,
        "env",
        "1",
        image,
      );
      return id ?? "";
    },
    async submit(name: string, job: Partial<CommandJob> & { readonly command: string }): Promise<JobBase> {
      const properties: CommandJob = { jobType: "Command", environmentId: "azureml:env:1", ...job };
      return clientAt(running.manager.endpoint).jobs.createOrUpdate(...inWorkspace, name, { properties });
    },
    get,
    /** The job when it has one of the statuses; rejects after the deadline with the one it has. */
    jobWith(name: string, statuses: readonly string[], deadlineMs = 20_000): Promise<JobBase> {
      const awaited = async () => {
        const job = await get(name);
        expect(statuses, name).toContain(job.properties.status);
        return job;
      };
      return vi.waitFor(awaited, { timeout: deadlineMs, interval: 20 });
    },
    ended(name: string, deadlineMs?: number): Promise<JobBase> {
      return this.jobWith(name, ["Completed", "Failed", "Canceled"], deadlineMs);
    },
    async close() {
      await stop();
      await storage.close();
      await identity.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type WorkspaceUnderTest = Awaited<ReturnType<typeof startWorkspace>>;
