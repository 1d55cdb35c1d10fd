import {
  admissions,
  championPointer,
  parseAppliedDefinition,
  paths,
  trainingSlot,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import { z } from "zod";
import type { Deployment } from "../deployment.ts";

/** As much of the console's view of a model as is shown here. */
const refusalsView = z.object({
  refusals: z.record(z.string(), z.object({ code: z.string(), reason: z.string(), at: z.string() })),
});

/** How far a model is, as its state in blob storage says. */
export interface ModelStatus {
  readonly model: string;
  readonly definitionVersion: string;
  readonly task: string;
  readonly champion: { readonly version: string; readonly since: string; readonly endpoint: string } | null;
  readonly batches: number;
  /** Batches that wait for the quiet period to end. */
  readonly waiting: number;
  /** How many files were refused at the door, and the reason of the last one. */
  readonly refused: { readonly files: number; readonly last: string | null };
  readonly running: string | null;
  readonly lastVerdict: Pick<Verdict, "version" | "decision" | "reasons" | "judgedAt"> | null;
}

/** The models that have been applied. */
export async function appliedModels(deployment: Deployment): Promise<readonly string[]> {
  const models: string[] = [];
  for await (const item of deployment.container("definitions").listBlobsByHierarchy("/"))
    if (item.kind === "prefix") models.push(item.name.slice(0, -1));
  return models;
}

async function lastVerdict(deployment: Deployment, model: string): Promise<ModelStatus["lastVerdict"]> {
  const documents = deployment.documents("verdicts");
  let latest: Verdict | null = null;
  for await (const path of documents.list(`${model}/`)) {
    if (path === paths.holdoutBudget(model) || !/^[^/]+\/[^/]+\.json$/.test(path)) continue;
    const read = await documents.read(path, (json) => verdict.parse(json));
    if (read && (!latest || read.value.judgedAt > latest.judgedAt)) latest = read.value;
  }
  return (
    latest && { version: latest.version, decision: latest.decision, reasons: latest.reasons, judgedAt: latest.judgedAt }
  );
}

async function refusedFiles(deployment: Deployment, model: string): Promise<ModelStatus["refused"]> {
  const stored = await deployment.documents("ledger").read(paths.modelView(model), (json) => refusalsView.parse(json));
  const refusals = Object.values(stored?.value.refusals ?? {}).sort((a, b) => (a.at < b.at ? -1 : 1));
  return { files: refusals.length, last: refusals.at(-1)?.reason ?? null };
}

/** The status of one model; undefined where none of that name is applied. */
export async function modelStatus(deployment: Deployment, model: string): Promise<ModelStatus | undefined> {
  const applied = await deployment
    .documents("definitions")
    .read(paths.currentDefinition(model), parseAppliedDefinition);
  if (!applied) return undefined;
  const [admitted, pointer, slot, judged, refused] = await Promise.all([
    deployment.documents("batches").read(paths.admissions(model), (json) => admissions.parse(json)),
    deployment.documents("champions").read(paths.champion(model), (json) => championPointer.parse(json)),
    deployment.documents("training").read(paths.trainingSlot(model), (json) => trainingSlot.parse(json)),
    lastVerdict(deployment, model),
    refusedFiles(deployment, model),
  ]);
  const champion = pointer?.value.champion;
  return {
    model,
    definitionVersion: applied.value.version,
    task: applied.value.definition.task,
    champion: champion
      ? { version: champion.version, since: champion.promotedAt, endpoint: pointer.value.endpoint }
      : null,
    batches: admitted?.value.batches.length ?? 0,
    waiting: admitted?.value.pending?.batches.length ?? 0,
    refused,
    running: slot?.value.running?.runId ?? null,
    lastVerdict: judged,
  };
}
