import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import tls from "node:tls";
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { localCredential } from "@local-azure/identity/credential";
import { type ContainerName, eventTopic as ownName, type SettingName, settings } from "@ratchet/contracts";
import { azureBlobs, type DocumentStore, documentStore } from "@ratchet/state";
import { z } from "zod";
import { NoDeploymentError } from "./errors.ts";

/** What `ratchet up` writes down for the other commands: addresses, and how to be believed there. */
const localDeployment = z.object({
  settings: z.record(z.string(), z.string()),
  /** Environment of the managed-identity endpoint, for whoever operates. */
  identity: z.record(z.string(), z.string()),
  /** The same, for who applies infrastructure; where it is missing, nobody does. */
  infrastructure: z.object({ IDENTITY_ENDPOINT: z.string(), IDENTITY_HEADER: z.string() }).optional(),
  /** Name of the topic `ratchet`, where infrastructure has named it otherwise. */
  eventTopic: z.string().optional(),
  caCertificatePath: z.string(),
  processId: z.number(),
});
export type LocalDeployment = z.infer<typeof localDeployment>;

/** Where Ratchet runs: on Azure as the environment says, or on this machine as `ratchet up` wrote down. */
export interface Deployment {
  readonly local: boolean;
  readonly credential: TokenCredential;
  /** As whom infrastructure is applied: on this machine alone, where no pipeline does it. */
  readonly infrastructure?: TokenCredential;
  /** The name of the topic `ratchet` in Event Grid. */
  readonly eventTopic: string;
  /** @throws {NoDeploymentError} when the setting is not known. */
  setting(name: SettingName): string;
  container(name: ContainerName): ContainerClient;
  documents(name: ContainerName): DocumentStore;
  /** A connection to Service Bus, opened at the first call. */
  serviceBus(): ServiceBusClient;
  /**
   * What an inference app is to be told of who asks it: a token, as headers.
   * @throws {NoDeploymentError} when it is not known what such a token is for.
   */
  callerHeaders(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** Who asks an inference app. */
export type Caller = Pick<Deployment, "callerHeaders">;

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
  if (process.env["STORAGE_BLOB_ENDPOINT"])
    return connect(process.env, { local: false, eventTopic: process.env["RATCHET_EVENT_TOPIC"] });
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
  const { infrastructure, eventTopic, settings } = local;
  return connect(settings, {
    local: true,
    eventTopic,
    ...(credential && { credential }),
    ...(infrastructure && { infrastructure: localCredential(infrastructure) }),
  });
}

interface ConnectOptions {
  readonly local: boolean;
  readonly eventTopic: string | undefined;
  readonly credential?: TokenCredential;
  readonly infrastructure?: TokenCredential;
}

function connect(
  values: Readonly<Record<string, string | undefined>>,
  { local, eventTopic = ownName, credential = new DefaultAzureCredential(), infrastructure }: ConnectOptions,
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
    ...(infrastructure && { infrastructure }),
    eventTopic,
    setting,
    container: (name) => blobs.getContainerClient(name),
    documents: (name) => documentStore(azureBlobs(blobs.getContainerClient(name))),
    serviceBus() {
      bus ??= new ServiceBusClient(setting("ServiceBus__fullyQualifiedNamespace"), credential);
      return bus;
    },
    async callerHeaders() {
      const audience = setting("INFERENCE_AUDIENCE");
      const token = await credential.getToken(`${audience}/.default`);
      return { authorization: `Bearer ${token?.token}` };
    },
    async close() {
      await bus?.close();
    },
  };
}
