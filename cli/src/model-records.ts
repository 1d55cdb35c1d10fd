import {
  type AppliedDefinition,
  appliedDefinition,
  type ChampionPointer,
  type ContainerName,
  championPointer,
  type DeploymentRecord,
  deploymentRecord,
  type ModelView,
  modelView,
  paths,
  type TrainingSlot,
  trainingSlot,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import { type Admissions, type Kind, readAdmissions as readAdmittedBatches } from "@ratchet/state";
import type { Deployment } from "./deployment.ts";

/**
 * @returns undefined where nothing is written down yet.
 * @throws {CorruptDocumentError} when it is not what its owner writes.
 */
async function readRecord<Value>(
  deployment: Deployment,
  container: ContainerName,
  path: string,
  kind: Kind<Value>,
): Promise<Value | undefined> {
  return (await deployment.documents(container).read(path, kind))?.value;
}

/** The definition of a model that was applied last. */
export const readDefinition = (deployment: Deployment, model: string): Promise<AppliedDefinition | undefined> =>
  readRecord(deployment, "definitions", paths.currentDefinition(model), appliedDefinition);

/** A model's batches, as the data-watcher has admitted them. */
export const readAdmissions = (deployment: Deployment, model: string): Promise<Admissions> =>
  readAdmittedBatches(deployment, model);

/** What the training-runner is at. */
export const readTrainingSlot = (deployment: Deployment, model: string): Promise<TrainingSlot | undefined> =>
  readRecord(deployment, "training", paths.trainingSlot(model), trainingSlot);

/** The evaluator's verdict on a version. */
export const readVerdict = (deployment: Deployment, model: string, version: string): Promise<Verdict | undefined> =>
  readRecord(deployment, "verdicts", paths.verdict(model, version), verdict);

/** What the deployer has put into production. */
export const readChampion = (deployment: Deployment, model: string): Promise<ChampionPointer | undefined> =>
  readRecord(deployment, "champions", paths.champion(model), championPointer);

/** The deployment of an app, under way or the last. */
export const readDeploymentRecord = (deployment: Deployment, app: string): Promise<DeploymentRecord | undefined> =>
  readRecord(deployment, "champions", paths.deployment(app), deploymentRecord);

/** What the events say of the model, as the console has gathered them. */
export const readView = (deployment: Deployment, model: string): Promise<ModelView | undefined> =>
  readRecord(deployment, "ledger", paths.modelView(model), modelView);
