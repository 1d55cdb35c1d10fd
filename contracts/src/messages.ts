import { admitBatch } from "./commands/admit-batch.ts";
import { advanceDeployment } from "./commands/advance-deployment.ts";
import { checkRun } from "./commands/check-run.ts";
import { checkTrainingDue } from "./commands/check-training-due.ts";
import { deployModel } from "./commands/deploy-model.ts";
import { evaluateModel } from "./commands/evaluate-model.ts";
import { forceModel } from "./commands/force-model.ts";
import { freezeModel } from "./commands/freeze-model.ts";
import { rollBackModel } from "./commands/roll-back-model.ts";
import { scoreBatch } from "./commands/score-batch.ts";
import { takeInDrop } from "./commands/take-in-drop.ts";
import { thawModel } from "./commands/thaw-model.ts";
import { trainModel } from "./commands/train-model.ts";
import { restoreBatch, withdrawBatch } from "./commands/withdraw-batch.ts";
import type { AnyContract } from "./envelope.ts";
import { dataAdmitted } from "./events/data-admitted.ts";
import { dataQuarantined } from "./events/data-quarantined.ts";
import { dataRefused } from "./events/data-refused.ts";
import { dataRestored, dataWithdrawn } from "./events/data-withdrawn.ts";
import { messageFailed } from "./events/message-failed.ts";
import { modelFrozen } from "./events/model-frozen.ts";
import { modelJudged } from "./events/model-judged.ts";
import { modelPromoted } from "./events/model-promoted.ts";
import { modelRolledBack } from "./events/model-rolled-back.ts";
import { modelThawed } from "./events/model-thawed.ts";
import { processStuck } from "./events/process-stuck.ts";
import { productionDrifted } from "./events/production-drifted.ts";
import { trainingEnded } from "./events/training-ended.ts";
import { trainingStarted } from "./events/training-started.ts";
import { trainingWaiting } from "./events/training-waiting.ts";
import type { QueueName } from "./topology.ts";

/** Every command with the queue it goes through. */
export const commands = [
  { contract: takeInDrop, queue: "data-dropped" },
  { contract: admitBatch, queue: "operate-batch" },
  { contract: withdrawBatch, queue: "operate-batch" },
  { contract: restoreBatch, queue: "operate-batch" },
  { contract: trainModel, queue: "train-model" },
  { contract: checkTrainingDue, queue: "training-due" },
  { contract: checkRun, queue: "training-ended" },
  { contract: scoreBatch, queue: "score-batch" },
  { contract: evaluateModel, queue: "evaluate-model" },
  { contract: deployModel, queue: "deploy-model" },
  { contract: advanceDeployment, queue: "deploy-model" },
  { contract: forceModel, queue: "operate-model" },
  { contract: rollBackModel, queue: "operate-model" },
  { contract: freezeModel, queue: "operate-model" },
  { contract: thawModel, queue: "operate-model" },
] as const satisfies readonly { readonly contract: AnyContract; readonly queue: QueueName }[];

/** Every event that the topic `ratchet` carries. */
export const events = [
  dataAdmitted,
  dataQuarantined,
  dataRefused,
  dataWithdrawn,
  dataRestored,
  trainingStarted,
  trainingEnded,
  trainingWaiting,
  modelJudged,
  modelPromoted,
  modelRolledBack,
  modelFrozen,
  modelThawed,
  productionDrifted,
  messageFailed,
  processStuck,
] as const satisfies readonly AnyContract[];

export const isDataAdmitted = dataAdmitted.is;
export const isDataQuarantined = dataQuarantined.is;
export const isDataRefused = dataRefused.is;
export const isDataWithdrawn = dataWithdrawn.is;
export const isDataRestored = dataRestored.is;
export const isTrainingStarted = trainingStarted.is;
export const isTrainingEnded = trainingEnded.is;
export const isTrainingWaiting = trainingWaiting.is;
export const isModelJudged = modelJudged.is;
export const isModelPromoted = modelPromoted.is;
export const isModelRolledBack = modelRolledBack.is;
export const isModelFrozen = modelFrozen.is;
export const isModelThawed = modelThawed.is;
export const isProductionDrifted = productionDrifted.is;
export const isMessageFailed = messageFailed.is;
export const isProcessStuck = processStuck.is;
