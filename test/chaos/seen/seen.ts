import { createHash } from "node:crypto";
import { ServiceBusAdministrationClient } from "@azure/service-bus";
import { deadLetters } from "@ratchet/cli/commands/dead-letters";
import type { Deployment } from "@ratchet/cli/deployment";
import { readAdmissions, readChampion, readTrainingSlot } from "@ratchet/cli/model-records";
import {
  type BatchManifest,
  batchManifest,
  type ChampionPointer,
  type ContainerName,
  currentCode,
  type DeploymentRecord,
  type DocumentKind,
  type DropRecord,
  deploymentRecord,
  dropRecord,
  type Envelope,
  type JudgementRecord,
  judgement,
  keptEnvelope,
  paths,
  type QueueName,
  queues,
  type Run,
  run,
  type TrainingSlot,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import type { DeadLetter } from "@ratchet/messaging";
import { type Admissions, atATime, listedBatches } from "@ratchet/state";
import { appOf } from "../load/projects.ts";

/** What the records say of one model. */
export interface ModelRecords {
  readonly model: string;
  readonly admissions: Admissions;
  /** Of the batches that are there, admitted or not. */
  readonly manifests: readonly BatchManifest[];
  readonly drops: readonly DropRecord[];
  readonly runs: readonly Run[];
  /** The batches of all runs. */
  readonly trainedOn: ReadonlySet<string>;
  readonly slot: TrainingSlot | undefined;
  /** With those that a version had before. */
  readonly verdicts: readonly Verdict[];
  readonly judgements: readonly JudgementRecord[];
  readonly pointer: ChampionPointer | undefined;
  readonly deployment: DeploymentRecord | undefined;
  /** What the endpoint says that it serves; undefined where it has none, or says nothing. */
  readonly served: Served | undefined;
}

/** A release as the Open Inference Protocol's metadata has it. */
interface Served {
  readonly version: string;
  readonly code: string;
  readonly onnx: string;
}

/** How many messages wait in a queue: to be received now, and from a later time on. */
interface Waiting {
  readonly ready: number;
  readonly scheduled: number;
}

/** All that can be read from outside, at one moment. */
export interface Seen {
  /** SHA-256 of the content of each file in `drops`, by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly models: readonly ModelRecords[];
  /** The events in the console's record. */
  readonly ledger: readonly Envelope[];
  readonly letters: readonly DeadLetter[];
  /** Events that Event Grid has given up. */
  readonly undelivered: readonly string[];
  /** Digest of the inference code that is current. */
  readonly code: string | undefined;
  /** Messages in each queue that are not dead letters. */
  readonly waiting: ReadonlyMap<QueueName, Waiting>;
}

async function all<Value>(
  deployment: Deployment,
  container: ContainerName,
  prefix: string,
  fits: RegExp,
  kind: Pick<DocumentKind<Value>, "parse">,
): Promise<readonly Value[]> {
  const documents = deployment.documents(container);
  const wanted = (await Array.fromAsync(documents.list(prefix))).filter((path) => fits.test(path));
  const read = await atATime(atOnce, wanted, async (path) => (await documents.read(path, kind))?.value);
  return read.filter((value) => value !== undefined) as readonly Value[];
}

const atOnce = 8;

async function served(deployment: Deployment, pointer: ChampionPointer | undefined): Promise<Served | undefined> {
  if (!pointer) return undefined;
  try {
    const response = await fetch(`${pointer.endpoint}/v2/models/${pointer.model}`, {
      headers: await deployment.callerHeaders(),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) return undefined;
    const { versions, parameters } = (await response.json()) as {
      readonly versions: readonly string[];
      readonly parameters: { readonly code: string; readonly onnx: string };
    };
    return { version: versions[0] ?? "", code: parameters.code, onnx: parameters.onnx };
  } catch {
    return undefined;
  }
}

async function batchesOf(deployment: Deployment, model: string, runs: readonly Run[]): Promise<ReadonlySet<string>> {
  const datasets = new Map(runs.flatMap(({ dataset }) => (dataset ? [[dataset.digest, dataset] as const] : [])));
  const batches = await Promise.all([...datasets.values()].map((dataset) => listedBatches(deployment, model, dataset)));
  return new Set(batches.flat());
}

async function recordsOf(deployment: Deployment, model: string): Promise<ModelRecords> {
  const [admissions, slot, pointer, deployed] = await Promise.all([
    readAdmissions(deployment, model),
    readTrainingSlot(deployment, model),
    readChampion(deployment, model),
    deployment.documents("champions").read(paths.deployment(appOf(model)), deploymentRecord),
  ]);
  const [manifests, drops, runs, verdicts, judgements] = await Promise.all([
    all(deployment, "batches", `${model}/`, /^[^/]+\/[0-9a-f]{16}\/manifest\.json$/, batchManifest),
    all(deployment, "batches", `${model}/drops/`, /\.json$/, dropRecord),
    all(deployment, "training", `${model}/runs/`, /\.json$/, run),
    all(deployment, "verdicts", `${model}/`, /^[^/]+\/(\d+|former\/\d+\/\d+)\.json$/, verdict),
    all(deployment, "verdicts", `${model}/judgements/`, /\.json$/, judgement),
  ]);
  return {
    model,
    admissions,
    manifests,
    drops,
    runs,
    trainedOn: await batchesOf(deployment, model, runs),
    slot,
    verdicts,
    judgements,
    pointer,
    deployment: deployed?.value,
    served: await served(deployment, pointer),
  };
}

async function filesIn(deployment: Deployment, known: Map<string, string>): Promise<ReadonlyMap<string, string>> {
  const container = deployment.container("drops");
  const found: { readonly path: string; readonly etag: string }[] = [];
  for await (const { name, properties } of container.listBlobsFlat()) found.push({ path: name, etag: properties.etag });
  const digests = await atATime(atOnce, found, async ({ path, etag }) => {
    const key = `${path} ${etag}`;
    const digest =
      known.get(key) ??
      createHash("sha256")
        .update(await container.getBlobClient(path).downloadToBuffer())
        .digest("hex");
    known.set(key, digest);
    return [path, digest] as const;
  });
  return new Map(digests);
}

async function waitingIn(deployment: Deployment): Promise<ReadonlyMap<QueueName, Waiting>> {
  const administration = new ServiceBusAdministrationClient(
    deployment.setting("ServiceBus__fullyQualifiedNamespace"),
    deployment.infrastructure ?? deployment.credential,
  );
  const counts = await Promise.all(
    (Object.keys(queues) as QueueName[]).map(async (name) => {
      const { activeMessageCount: ready, scheduledMessageCount: scheduled } =
        await administration.getQueueRuntimeProperties(name);
      return [name, { ready, scheduled }] as const;
    }),
  );
  return new Map(counts);
}

/** Looks at everything; what it has read of files and events that do not change it does not read again. */
export function createLook(models: readonly string[]): (deployment: Deployment) => Promise<Seen> {
  const digests = new Map<string, string>();
  const events = new Map<string, Envelope>();

  async function readLedger(deployment: Deployment): Promise<void> {
    const documents = deployment.documents("ledger");
    const unread = (await Array.fromAsync(documents.list("events/"))).filter((path) => !events.has(path));
    await atATime(atOnce, unread, async (path) => {
      const stored = await documents.read(path, keptEnvelope);
      if (stored) events.set(path, stored.value);
    });
  }

  return async (deployment) => {
    const [waiting, letters, files] = [
      await waitingIn(deployment),
      await deadLetters(deployment),
      await filesIn(deployment, digests),
    ];
    await readLedger(deployment);
    const undelivered: string[] = [];
    for await (const { name } of deployment.container("event-dead-letters").listBlobsFlat()) undelivered.push(name);
    const code = (await deployment.documents("champions").read(paths.currentCode, currentCode))?.value.code;
    return {
      files,
      models: await atATime(atOnce, models, (model) => recordsOf(deployment, model)),
      ledger: [...events.values()],
      letters,
      undelivered,
      code,
      waiting,
    };
  };
}
