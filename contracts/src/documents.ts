import { appliedDefinition } from "./documents/applied-definition.ts";
import { admission, admissions, batchManifest } from "./documents/batch.ts";
import { batchEvidence } from "./documents/batch-evidence.ts";
import { admittedProfile, batchProfile } from "./documents/batch-profile.ts";
import { championPointer, currentCode } from "./documents/champion.ts";
import { championReference } from "./documents/champion-score.ts";
import { dataset, datasetPage } from "./documents/dataset.ts";
import { deploymentRecord } from "./documents/deployment.ts";
import { dropRecord } from "./documents/drop-record.ts";
import { holdoutEpoch } from "./documents/holdout-epoch.ts";
import { judgement } from "./documents/judgement.ts";
import {
  archivedLetter,
  auditEntry,
  letterOperation,
  letterSelection,
  letterStep,
} from "./documents/letter-operation.ts";
import { modelView } from "./documents/model-view.ts";
import { releaseManifest } from "./documents/release-manifest.ts";
import { run } from "./documents/run.ts";
import { sweepRecord } from "./documents/sweep-record.ts";
import { trainingSlot } from "./documents/training-slot.ts";
import { verdict } from "./documents/verdict.ts";

/** Every kind of document that is kept: each states its format and is read in every former one. */
export const documentKinds = [
  appliedDefinition,
  batchManifest,
  batchProfile,
  batchEvidence,
  admittedProfile,
  admissions,
  admission,
  dropRecord,
  trainingSlot,
  dataset,
  datasetPage,
  run,
  verdict,
  judgement,
  holdoutEpoch,
  championReference,
  championPointer,
  currentCode,
  deploymentRecord,
  releaseManifest,
  modelView,
  sweepRecord,
  letterOperation,
  letterSelection,
  letterStep,
  archivedLetter,
  auditEntry,
] as const;
