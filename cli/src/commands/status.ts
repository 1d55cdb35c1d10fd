import {
  type ChampionPointer,
  type DeploymentRecord,
  paths,
  type TrainingSlot,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import {
  readAdmissions,
  readChampion,
  readDefinition,
  readDeploymentRecord,
  readTrainingSlot,
  readView,
} from "../model-records.ts";

/** Where a model stands, as its records in blob storage say. */
export interface ModelStanding {
  readonly model: string;
  readonly definitionVersion: string;
  readonly task: string;
  readonly champion: { readonly version: string; readonly since: string; readonly endpoint: string } | null;
  /** Set while no challenger is deployed. */
  readonly frozen: NonNullable<ChampionPointer["frozen"]> | null;
  /** The deployment that is under way, or that has failed. */
  readonly deployment:
    | (Pick<DeploymentRecord, "state" | "since"> & {
        readonly version: string;
        readonly why: string | null;
        /** How many commands wait for its end. */
        readonly waiting: number;
      })
    | null;
  readonly batches: number;
  /** Batches that wait for the quiet period to end. */
  readonly waiting: number;
  /** Batches that were taken out. */
  readonly withdrawn: number;
  /** Batches that stand out, and wait for an operator. */
  readonly quarantined: number;
  /** How many files were refused at the door, and the reason of the last one. */
  readonly refused: { readonly files: number; readonly last: string | null };
  readonly running: string | null;
  /** Why training that is due does not begin, and when it is tried next. */
  readonly trainingWaits: { readonly reason: string; readonly until: string } | null;
  readonly lastVerdict: Pick<Verdict, "version" | "decision" | "reasons" | "judgedAt"> | null;
}

/** The models that have been applied. */
export async function appliedModels(deployment: Deployment): Promise<readonly string[]> {
  const models: string[] = [];
  for await (const item of deployment.container("definitions").listBlobsByHierarchy("/"))
    if (item.kind === "prefix") models.push(item.name.slice(0, -1));
  return models;
}

async function lastVerdict(deployment: Deployment, model: string): Promise<ModelStanding["lastVerdict"]> {
  const documents = deployment.documents("verdicts");
  let latest: Verdict | null = null;
  for await (const path of documents.list(`${model}/`)) {
    if (path === paths.holdoutEpoch(model) || !/^[^/]+\/[^/]+\.json$/.test(path)) continue;
    const read = await documents.read(path, verdict);
    if (read && (!latest || read.value.judgedAt > latest.judgedAt)) latest = read.value;
  }
  return (
    latest && { version: latest.version, decision: latest.decision, reasons: latest.reasons, judgedAt: latest.judgedAt }
  );
}

async function refusedFiles(deployment: Deployment, model: string): Promise<ModelStanding["refused"]> {
  const { refusals: gathered = {} } = (await readView(deployment, model)) ?? {};
  const refusals = Object.values(gathered).sort((a, b) => (a.at < b.at ? -1 : 1));
  return { files: refusals.length, last: refusals.at(-1)?.reason ?? null };
}

/** What is under way, or has failed, and is this model's. */
function deploymentOf(record: DeploymentRecord | undefined, model: string): ModelStanding["deployment"] {
  if (record?.model !== model || record.state === "announced" || record.state === "recorded") return null;
  const { state, since, release, why = null, waiting } = record;
  return { state, since, version: release.version, why, waiting: waiting.length };
}

/** Why what waits in a free slot waits. */
function whyWaiting({ running, waiting, trouble }: TrainingSlot): ModelStanding["trainingWaits"] {
  if (running || !waiting?.lookAt) return null;
  const reason = waiting.held?.reason ?? trouble?.reason;
  return reason === undefined ? null : { reason, until: waiting.lookAt };
}

/** Where one model stands; undefined where none of that name is applied. */
export async function modelStanding(deployment: Deployment, model: string): Promise<ModelStanding | undefined> {
  const applied = await readDefinition(deployment, model);
  if (!applied) return undefined;
  const [admitted, pointer, record, slot, judged, refused] = await Promise.all([
    readAdmissions(deployment, model),
    readChampion(deployment, model),
    readDeploymentRecord(deployment, applied.definition.deploy.app),
    readTrainingSlot(deployment, model),
    lastVerdict(deployment, model),
    refusedFiles(deployment, model),
  ]);
  return {
    model,
    definitionVersion: applied.version,
    task: applied.definition.task,
    champion: pointer
      ? { version: pointer.champion.version, since: pointer.champion.promotedAt, endpoint: pointer.endpoint }
      : null,
    frozen: pointer?.frozen ?? null,
    deployment: deploymentOf(record, model),
    batches: admitted.batches.length,
    waiting: admitted.pending?.batches.length ?? 0,
    withdrawn: admitted.withdrawn.length,
    quarantined: admitted.quarantined.length,
    refused,
    running: slot?.running?.runId ?? null,
    trainingWaits: slot ? whyWaiting(slot) : null,
    lastVerdict: judged,
  };
}
