import { writeFile } from "node:fs/promises";
import {
  admitBatch,
  type BatchEvidence,
  type BatchManifest,
  batchEvidence,
  batchManifest,
  type Contract,
  type DatasetRef,
  paths,
  type RestoreBatch,
  type Run,
  restoreBatch,
  run,
  withdrawBatch,
} from "@ratchet/contracts";
import { listedBatches, type StandingBatch } from "@ratchet/state";
import { drawEvidence } from "@ratchet/suspicion";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { readAdmissions, readChampion } from "../model-records.ts";
import { operatorName, sendCommand } from "../operator.ts";

/** How a batch stands. */
export type BatchState = "admitted" | "waiting" | "quarantined" | "withdrawn";

export interface ListedBatch extends StandingBatch {
  readonly state: BatchState;
}

/** A run that was trained on a batch, and what came of it. */
interface TrainedRun {
  readonly runId: string;
  readonly version: string;
  readonly status: Run["status"];
  readonly isChampion: boolean;
}

/** All there is to say of a batch. */
export interface ShownBatch extends ListedBatch {
  readonly model: string;
  readonly rows: BatchManifest["rows"];
  readonly bytes: number;
  readonly definitionVersion: string;
  readonly trainedOn: readonly TrainedRun[];
  /** How it compares with those before it; null of batches from before that was asked. */
  readonly evidence: BatchEvidence | null;
}

/** What was asked for, and the id of the message that asks. */
export interface AskedOfBatch {
  readonly model: string;
  readonly batch: string;
  readonly file: string;
  readonly messageId: string;
  /** The runs that were trained on the batch. */
  readonly trainedOn: readonly TrainedRun[];
}

/** Every batch that a model has admitted or keeps in quarantine, in the order in which they came. */
export async function listBatches(deployment: Deployment, model: string): Promise<readonly ListedBatch[]> {
  const { batches, withdrawn, quarantined, pending } = await readAdmissions(deployment, model);
  const waiting = new Set(pending?.batches);
  const listed = [
    ...batches.map((one) => ({ ...one, state: waiting.has(one.batch) ? ("waiting" as const) : ("admitted" as const) })),
    ...withdrawn.map((one) => ({ ...one, state: "withdrawn" as const })),
    ...quarantined.map((one) => ({ ...one, state: "quarantined" as const })),
  ];
  return listed.sort((a, b) => (a.admittedAt < b.admittedAt ? -1 : 1));
}

async function findBatch(deployment: Deployment, model: string, batch: string): Promise<ListedBatch> {
  const found = (await listBatches(deployment, model)).find((one) => one.batch === batch);
  if (!found)
    throw new WrongInputError(`${model} has no batch ${batch}; \`ratchet batches list ${model}\` says which it has`);
  return found;
}

/** Whether a run was trained on a batch. Data of several runs is read once. */
function trainingOn(deployment: Deployment, model: string, batch: string) {
  const known = new Map<string, Promise<boolean>>();
  const has = async (dataset: DatasetRef) => (await listedBatches(deployment, model, dataset)).includes(batch);
  return async ({ dataset, batches = [] }: Run): Promise<boolean> => {
    if (!dataset) return batches.includes(batch);
    const answer = known.get(dataset.digest) ?? has(dataset);
    known.set(dataset.digest, answer);
    return answer;
  };
}

/** The runs that were trained on a batch, in the order in which they began. */
async function runsOn(deployment: Deployment, model: string, batch: string): Promise<readonly TrainedRun[]> {
  const documents = deployment.documents("training");
  const champion = (await readChampion(deployment, model))?.champion.version;
  const isTrainedOn = trainingOn(deployment, model, batch);
  const found: Run[] = [];
  for await (const path of documents.list(`${model}/runs/`)) {
    const read = (await documents.read(path, run))?.value;
    if (read && (await isTrainedOn(read))) found.push(read);
  }
  return found
    .sort((a, b) => (a.claimedAt < b.claimedAt ? -1 : 1))
    .map(({ runId, version, status }) => ({
      runId,
      version,
      status,
      isChampion: status === "completed" && version === champion,
    }));
}

async function readEvidence(deployment: Deployment, model: string, batch: string): Promise<BatchEvidence | null> {
  const stored = await deployment.documents("batches").read(paths.batchEvidence(model, batch), batchEvidence);
  return stored?.value ?? null;
}

/**
 * All there is to say of a batch.
 * @throws {WrongInputError} when the model never admitted it.
 */
export async function showBatch(deployment: Deployment, model: string, batch: string): Promise<ShownBatch> {
  const found = await findBatch(deployment, model, batch);
  const stored = await deployment.documents("batches").read(paths.batchManifest(model, batch), batchManifest);
  if (!stored)
    throw new WrongInputError(`the manifest of batch ${batch} of ${model} is gone; restore it from a backup`);
  const { rows, bytes, definitionVersion } = stored.value;
  const evidence = await readEvidence(deployment, model, batch);
  const trainedOn = await runsOn(deployment, model, batch);
  return { model, ...found, rows, bytes, definitionVersion, trainedOn, evidence };
}

/**
 * Draws what makes a batch stand out, as SVG.
 * @throws {WrongInputError} when the batch was never compared, or the file cannot be written.
 */
export async function drawBatch({ model, batch, evidence }: ShownBatch, file: string): Promise<void> {
  if (!evidence)
    throw new WrongInputError(`batch ${batch} of ${model} was compared with none: there is nothing to draw`);
  try {
    await writeFile(file, drawEvidence(`Batch ${batch} of ${model}`, evidence));
  } catch (error) {
    throw new WrongInputError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Said = RestoreBatch["data"];

async function ask<Type extends string>(
  deployment: Deployment,
  contract: Contract<Type, Said>,
  { model, batch, file }: ListedBatch & { readonly model: string },
  how: { readonly reason: string; readonly train?: boolean | undefined },
): Promise<AskedOfBatch> {
  const { reason, train } = how;
  const said = { model, batch, reason, requestedBy: operatorName(), ...(train ? { train } : {}) };
  const { id } = await sendCommand(deployment, contract, said);
  return { model, batch, file, messageId: id, trainedOn: await runsOn(deployment, model, batch) };
}

/**
 * Asks the data-watcher to take a batch out. The reason is recorded.
 * @param how.train whether to train at once on what is left.
 * @throws {WrongInputError} when the model never admitted it, or it is withdrawn already.
 */
export async function askToWithdraw(
  deployment: Deployment,
  model: string,
  batch: string,
  how: { readonly reason: string; readonly train?: boolean | undefined },
): Promise<AskedOfBatch> {
  const found = await findBatch(deployment, model, batch);
  if (found.withdrawn)
    throw new WrongInputError(
      `batch ${batch} of ${model} is withdrawn already, since ${found.withdrawn.at}: ${found.withdrawn.reason}`,
    );
  return ask(deployment, withdrawBatch, { ...found, model }, how);
}

/**
 * Asks the data-watcher to admit a batch that is in quarantine. The reason is recorded.
 * @throws {WrongInputError} when the model never took it in, or it is not in quarantine.
 */
export async function askToAdmit(
  deployment: Deployment,
  model: string,
  batch: string,
  how: { readonly reason: string; readonly train?: boolean | undefined },
): Promise<AskedOfBatch> {
  const found = await findBatch(deployment, model, batch);
  if (found.state === "withdrawn")
    throw new WrongInputError(
      `batch ${batch} of ${model} is withdrawn; \`ratchet batches restore ${model} ${batch}\` takes it back first`,
    );
  if (found.state !== "quarantined")
    throw new WrongInputError(`batch ${batch} of ${model} is not in quarantine: it is admitted already`);
  return ask(deployment, admitBatch, { ...found, model }, how);
}

/**
 * Asks the data-watcher to take a batch back. The reason is recorded.
 * @throws {WrongInputError} when the model never admitted it, or it is not withdrawn.
 */
export async function askToRestore(
  deployment: Deployment,
  model: string,
  batch: string,
  how: { readonly reason: string; readonly train?: boolean | undefined },
): Promise<AskedOfBatch> {
  const found = await findBatch(deployment, model, batch);
  if (!found.withdrawn)
    throw new WrongInputError(`batch ${batch} of ${model} is not withdrawn, so there is nothing to restore`);
  return ask(deployment, restoreBatch, { ...found, model }, how);
}
