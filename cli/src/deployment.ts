import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import tls from "node:tls";
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { type ContainerName, type SettingName, settings } from "@ratchet/contracts";
import { azureBlobs, type DocumentStore, documentStore } from "@ratchet/state";
import { z } from "zod";
import { NoDeploymentError } from "./errors.ts";

/** What `ratchet up` writes down for the other commands: addresses, and how to be believed there. */
const localDeployment = z.object({
  settings: z.record(z.string(), z.string()),
  /** Environment of the managed-identity endpoint. */
  identity: z.record(z.string(), z.string()),
  caCertificatePath: z.string(),
  processId: z.number(),
});
export type LocalDeployment = z.infer<typeof localDeployment>;

/** Where Ratchet runs: on Azure as the environment says, or on this machine as `ratchet up` wrote down. */
export interface Deployment {
  readonly local: boolean;
  readonly credential: TokenCredential;
  /** @throws {NoDeploymentError} when the setting is not known. */
  setting(name: SettingName): string;
  container(name: ContainerName): ContainerClient;
  documents(name: ContainerName): DocumentStore;
  /** A connection to Service Bus, opened at the first call. */
  serviceBus(): ServiceBusClient;
  close(): Promise<void>;
}

export const localDeploymentFile = (folder: string): string => join(folder, "local.json");

async function readLocalDeployment(folder: string): Promise<LocalDeployment | undefined> {
  let text: string;
  try {
    text = await readFile(localDeploymentFile(folder), "utf8");
  } catch {
    return undefined;
  }
  const { data } = localDeployment.safeParse(JSON.parse(text));
  if (!data)
    throw new NoDeploymentError(
      `${localDeploymentFile(folder)} is not what \`ratchet up\` writes; delete it and start again`,
    );
  return data;
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

/** Makes this process believe the local certificate authority, beside all others. */
async function trustLocalAuthority(caCertificatePath: string): Promise<void> {
  const certificate = await readFile(caCertificatePath, "utf8");
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), certificate]);
}

/**
 * The deployment that commands work against: the environment's where STORAGE_BLOB_ENDPOINT is set, else the one that
 * `ratchet up` runs from `folder`.
 * @throws {NoDeploymentError} when there is neither.
 */
export async function findDeployment(folder: string): Promise<Deployment> {
  if (process.env["STORAGE_BLOB_ENDPOINT"]) return connect(process.env, false);
  const local = await readLocalDeployment(resolve(folder));
  if (local && !isRunning(local.processId))
    throw new NoDeploymentError(
      `the deployment of ${resolve(folder)} no longer runs; \`ratchet up\` starts it again where it was`,
    );
  if (!local)
    throw new NoDeploymentError(
      "no deployment to talk to: run `ratchet up` in another terminal, or set STORAGE_BLOB_ENDPOINT and ServiceBus__fullyQualifiedNamespace to those of Azure",
    );
  return connectLocal(local);
}

/**
 * Connects to a local deployment.
 * @param credential whoever outlives deployments brings one of their own: the default one keeps the tokens of the first
 * for the life of the process.
 */
export async function connectLocal(local: LocalDeployment, credential?: TokenCredential): Promise<Deployment> {
  await trustLocalAuthority(local.caCertificatePath);
  Object.assign(process.env, local.identity);
  return connect(local.settings, true, credential);
}

function connect(
  values: Readonly<Record<string, string | undefined>>,
  local: boolean,
  credential: TokenCredential = new DefaultAzureCredential(),
): Deployment {
  const setting = (name: SettingName): string => {
    const value = values[name];
    if (value) return value;
    throw new NoDeploymentError(`${name} is not set: ${settings[name].description}`);
  };
  const blobs = new BlobServiceClient(setting("STORAGE_BLOB_ENDPOINT"), credential);
  let bus: ServiceBusClient | undefined;
  return {
    local,
    credential,
    setting,
    container: (name) => blobs.getContainerClient(name),
    documents: (name) => documentStore(azureBlobs(blobs.getContainerClient(name))),
    serviceBus() {
      bus ??= new ServiceBusClient(setting("ServiceBus__fullyQualifiedNamespace"), credential);
      return bus;
    },
    async close() {
      await bus?.close();
    },
  };
}
