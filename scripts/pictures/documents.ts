import {
  admission,
  admissions,
  admittedProfile,
  appliedDefinition,
  archivedLetter,
  auditEntry,
  batchEvidence,
  batchManifest,
  batchProfile,
  type ContainerName,
  championPointer,
  championReference,
  currentCode,
  dataset,
  datasetPage,
  deploymentRecord,
  dropRecord,
  holdoutEpoch,
  judgement,
  letterOperation,
  letterSelection,
  letterStep,
  modelView,
  paths,
  releaseManifest,
  run,
  sweepRecord,
  trainingSlot,
  verdict,
} from "@ratchet/contracts";

/** Where a kind of document lies: its container, and its path with what varies in angle brackets. */
export interface PlacedDocument {
  readonly name: string;
  readonly container: ContainerName;
  readonly path: string;
}

const place = (kind: { readonly name: string }, container: ContainerName, path: string): PlacedDocument => ({
  name: kind.name,
  container,
  path,
});

/** Every kind of document with its place, in the order of the flow. */
export const placedDocuments: readonly PlacedDocument[] = [
  place(appliedDefinition, "definitions", paths.currentDefinition("<model>")),
  place(dropRecord, "batches", paths.dropRecord("<model>", "<drop>")),
  place(admissions, "batches", paths.admissions("<model>")),
  place(admission, "batches", `${paths.admissionLog("<model>")}/<page>.jsonl`),
  place(admittedProfile, "batches", paths.admittedProfile("<model>")),
  place(batchProfile, "batches", paths.batchProfile("<model>", "<batch>")),
  place(batchManifest, "batches", paths.batchManifest("<model>", "<batch>")),
  place(batchEvidence, "batches", paths.batchEvidence("<model>", "<batch>")),
  place(trainingSlot, "training", paths.trainingSlot("<model>")),
  place(dataset, "datasets", paths.dataset("<model>", "<digest>")),
  place(datasetPage, "datasets", paths.datasetPage("<model>", "<digest>")),
  place(run, "training", paths.run("<model>", "<run>")),
  place(verdict, "verdicts", paths.verdict("<model>", "<version>")),
  place(judgement, "verdicts", paths.judgement("<model>", "<version>")),
  place(sweepRecord, "verdicts", paths.sweep("<sweep>")),
  place(holdoutEpoch, "verdicts", paths.holdoutEpoch("<model>")),
  place(championPointer, "champions", paths.champion("<model>")),
  place(deploymentRecord, "champions", paths.deployment("<app>")),
  place(championReference, "verdicts", paths.championReference("<model>")),
  place(currentCode, "champions", paths.currentCode),
  place(releaseManifest, "packages", `${paths.package("<sha256>")}: model/release.json`),
  place({ name: "event" }, "ledger", "events/<day>/<time>-<id>.json"),
  place(modelView, "ledger", paths.modelView("<model>")),
  place(letterOperation, "operations", paths.letterOperation("<operation>")),
  place(letterSelection, "operations", paths.letterSelection("<operation>")),
  place(letterStep, "operations", `${paths.letterSteps("<operation>")}/<page>.jsonl`),
  place(archivedLetter, "operations", paths.archivedLetter("<place>/<number>")),
  place(auditEntry, "operations", `${paths.audit}/<page>.jsonl`),
];
