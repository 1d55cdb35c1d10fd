import {
  type Admissions,
  type AppliedDefinition,
  admissions,
  type ChampionPointer,
  type ContainerName,
  championPointer,
  parseAppliedDefinition,
  paths,
  type TrainingSlot,
  trainingSlot,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import { z } from "zod";
import type { Deployment } from "./deployment.ts";

/**
 * @returns undefined where nothing is written down yet.
 * @throws {CorruptDocumentError} where it is not what its owner writes.
 */
async function readRecord<T>(
  deployment: Deployment,
  container: ContainerName,
  path: string,
  parse: (json: unknown) => T,
): Promise<T | undefined> {
  return (await deployment.documents(container).read(path, parse))?.value;
}

/** The definition of a model that was applied last. */
export const readDefinition = (deployment: Deployment, model: string): Promise<AppliedDefinition | undefined> =>
  readRecord(deployment, "definitions", paths.currentDefinition(model), parseAppliedDefinition);

/** A model's batches, as the data-watcher has admitted them. */
export const readAdmissions = (deployment: Deployment, model: string): Promise<Admissions | undefined> =>
  readRecord(deployment, "batches", paths.admissions(model), (json) => admissions.parse(json));

/** What the training-runner is at. */
export const readTrainingSlot = (deployment: Deployment, model: string): Promise<TrainingSlot | undefined> =>
  readRecord(deployment, "training", paths.trainingSlot(model), (json) => trainingSlot.parse(json));

/** The evaluator's verdict on a version. */
export const readVerdict = (deployment: Deployment, model: string, version: string): Promise<Verdict | undefined> =>
  readRecord(deployment, "verdicts", paths.verdict(model, version), (json) => verdict.parse(json));

/** What the deployer has put into production. */
export const readChampion = (deployment: Deployment, model: string): Promise<ChampionPointer | undefined> =>
  readRecord(deployment, "champions", paths.champion(model), (json) => championPointer.parse(json));

/** As much of the console's view of a model as is shown here. */
const refusalsView = z.object({
  refusals: z.record(z.string(), z.object({ code: z.string(), reason: z.string(), at: z.string() })),
});

/** The files that were refused, by path, as the console has gathered them. */
export async function readRefusals(
  deployment: Deployment,
  model: string,
): Promise<z.infer<typeof refusalsView>["refusals"]> {
  const view = await readRecord(deployment, "ledger", paths.modelView(model), (json) => refusalsView.parse(json));
  return view?.refusals ?? {};
}
