import { createHash, randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { dispatch, openResourceStore, type ResourceProvider } from "@local-azure/resource-manager";
import { assetKinds, assetRoutes } from "./assets.ts";
import { type MachineLearningEvent, modelRegistered } from "./events.ts";
import { userError } from "./fields.ts";
import { createPythonShims, jobEnvironment } from "./jobs/job-environment.ts";
import { createJobRecords, type Job } from "./jobs/job-records.ts";
import { jobRoutes } from "./jobs/job-routes.ts";
import { createJobs, serverless } from "./jobs/jobs.ts";
import { runJob } from "./jobs/run-job.ts";
import { assetPath, createLocator } from "./storage/locator.ts";
import { idAt, providerNamespace, type Resource, resourceAt, type WorkspaceAddress } from "./workspace.ts";
import { checkAddress, workspaceRoutes } from "./workspace-routes.ts";

export interface MachineLearningOptions {
  readonly workspace: WorkspaceAddress;
  /** The workspace's storage account, `https://localhost:port/account` here, and as whom the workspace uses it. */
  readonly storage: { readonly blobEndpoint: string; readonly credential?: TokenCredential };
  /** Datastores besides the workspace's own, each a container: of this account, or of the workspace's. */
  readonly datastores?: readonly {
    readonly name: string;
    readonly container: string;
    readonly blobEndpoint?: string;
  }[];
  /** As whom jobs read and write, which is the identity of their compute; as the workspace, unless said. */
  readonly computeCredential?: TokenCredential;
  /** Computes and how many jobs each runs at a time; by default `cpu-cluster` with one. */
  readonly computes?: readonly { readonly name: string; readonly concurrentJobs: number }[];
  /** Where jobs and assets are kept from one start to the next; in memory without it. */
  readonly folder?: string;
  /** The interpreter that `python` and `python3` mean in a job's command; what `PATH` gives without it. */
  readonly python?: string;
  /** More environment variables for every job, for instance those of a managed identity. */
  readonly environment?: Readonly<Record<string, string>>;
  /** From SIGTERM to SIGKILL when a job is stopped; 10 s by default. */
  readonly graceMs?: number;
  readonly onEvent?: (event: MachineLearningEvent) => void | Promise<void>;
  /** Each line that a job writes, for a live display. */
  readonly onJobOutput?: (job: string, line: string) => void;
  readonly onLog?: (line: string) => void;
}

export interface MachineLearning {
  readonly provider: ResourceProvider;
  /** Stops the jobs that run; the next start on the same folder finds them failed, and takes up those that waited. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const defaultComputes = [{ name: "cpu-cluster", concurrentJobs: 1 }] as const;
const ownDatastores = [
  { name: "workspaceblobstore", container: "azureml-blobstore" },
  { name: "workspaceartifactstore", container: "azureml" },
] as const;

/** An Azure ML workspace whose jobs are processes of this machine. Its storage account must be reachable. */
export async function createMachineLearning(options: MachineLearningOptions): Promise<MachineLearning> {
  const { workspace, storage, folder } = options;
  const credential = storage.credential ?? new DefaultAzureCredential();
  const computes = new Map(
    (options.computes ?? defaultComputes).map(({ name, concurrentJobs }) => [name, concurrentJobs]),
  );
  const scratch = await createScratch(folder);
  const shims = options.python ? await createPythonShims(scratch, options.python) : undefined;
  await createContainers(storage.blobEndpoint, credential);

  const assets = openResourceStore<Resource>(folder && join(folder, "assets.db"));
  const jobStore = openResourceStore<Job>(folder && join(folder, "jobs.db"));
  const datastores: MachineLearningOptions["datastores"] = [...ownDatastores, ...(options.datastores ?? [])];
  for (const { name, container, blobEndpoint = storage.blobEndpoint } of datastores ?? []) {
    assets.put(resourceAt(workspace, ["datastores", name], datastoreProperties(name, container, blobEndpoint)));
  }

  const events = createEventOutlet(options);
  const records = createJobRecords(workspace, jobStore, events.send);
  const locator = createLocator(workspace, assets, records.get, storage.blobEndpoint);
  const jobs = createJobs({
    records,
    computes: new Map([...computes, [serverless, 1]]),
    check({ codeId, environmentId, inputs, outputs }) {
      const environment = assetPath("environments", environmentId);
      if (!assets.get(idAt(workspace, environment))) {
        throw userError(`The environment '${environmentId}' does not exist; create the environment version first.`);
      }
      if (codeId) locator.codeLocation(codeId);
      for (const { uri } of [...Object.values(inputs), ...Object.values(outputs)]) if (uri) locator.locate(uri);
    },
    run: (job, signal, onFinalizing) =>
      runJob(
        job,
        {
          credential: options.computeCredential ?? credential,
          scratch: join(scratch, job.name),
          environment: jobEnvironment(job, workspace, process.env, options.environment ?? {}, shims),
          graceMs: options.graceMs ?? 10_000,
          code: job.properties.codeId ? locator.codeLocation(job.properties.codeId) : undefined,
          artifacts: locator.artifactLocation(job.name),
          locate: locator.locate,
          outputLocation: (output) => locator.outputLocation(job, output),
          onLine: (line) => options.onJobOutput?.(job.name, line),
          onFinalizing,
        },
        signal,
      ),
  });
  jobs.resume();

  const routes = [
    ...workspaceRoutes(workspace, computes, assets),
    ...jobRoutes(records, jobs),
    ...assetKinds.flatMap((kind) =>
      assetRoutes(kind, workspace, assets, ({ asset, name, properties }) => {
        if (kind !== "models") return;
        const { tags, properties: modelProperties } = properties;
        events.send(modelRegistered(workspace, { name: asset, version: name, tags, properties: modelProperties }));
      }),
    ),
  ];
  const close = async () => {
    await jobs.close();
    await events.sent();
    assets.close();
    jobStore.close();
    await rm(scratch, { recursive: true, force: true });
  };
  return {
    provider: {
      namespace: providerNamespace,
      async handle(request) {
        checkAddress(workspace, request);
        return dispatch(routes, request);
      },
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The disk of the machines that jobs run on. What a killed workspace left there is of no use to the next. */
async function createScratch(folder: string | undefined): Promise<string> {
  const own = folder ? createHash("sha256").update(resolve(folder)).digest("hex").slice(0, 12) : randomUUID();
  const scratch = join(tmpdir(), `azureml-${own}`);
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  return scratch;
}

async function createContainers(blobEndpoint: string, credential: TokenCredential): Promise<void> {
  const account = new BlobServiceClient(blobEndpoint, credential);
  await Promise.all(ownDatastores.map(({ container }) => account.getContainerClient(container).createIfNotExists()));
}

function datastoreProperties(name: string, container: string, blobEndpoint: string) {
  return {
    datastoreType: "AzureBlob",
    accountName: new URL(blobEndpoint).pathname.split("/")[1] || new URL(blobEndpoint).hostname.split(".")[0],
    containerName: container,
    endpoint: new URL(blobEndpoint).host,
    protocol: "https",
    credentials: { credentialsType: "None" },
    isDefault: name === ownDatastores[0].name,
    tags: {},
  };
}

/** Events go out one after another, so that a run's statuses arrive in their order; a failed one is told and left. */
function createEventOutlet({ onEvent, onLog }: MachineLearningOptions) {
  let last: Promise<void> = Promise.resolve();
  return {
    send(event: MachineLearningEvent) {
      last = last
        .then(() => onEvent?.(event))
        .catch((error: unknown) =>
          onLog?.(`The event ${event.type} of ${event.subject} was not taken: ${String(error)}`),
        );
    },
    sent: () => last,
  };
}
