export { managementScope } from "./azure.ts";
export { azureEvents, blobOf, blobSubject, eventField, eventText, wholeBlobCalls } from "./azure-events.ts";
export { type AdmitBatch, admitBatch } from "./commands/admit-batch.ts";
export { type AdvanceDeployment, advanceDeployment } from "./commands/advance-deployment.ts";
export { type CheckRun, checkRun } from "./commands/check-run.ts";
export { type CheckTrainingDue, checkTrainingDue } from "./commands/check-training-due.ts";
export { type DeployModel, deployModel } from "./commands/deploy-model.ts";
export { type Challenge, type EvaluateModel, evaluateModel, type JudgeAgain } from "./commands/evaluate-model.ts";
export { type ForceModel, forceModel } from "./commands/force-model.ts";
export { type FreezeModel, freezeModel } from "./commands/freeze-model.ts";
export { type RollBackModel, rollBackModel } from "./commands/roll-back-model.ts";
export { type ScoreBatch, scoreBatch } from "./commands/score-batch.ts";
export { type TakeInDrop, takeInDrop } from "./commands/take-in-drop.ts";
export { type ThawModel, thawModel } from "./commands/thaw-model.ts";
export { type TrainModel, trainModel } from "./commands/train-model.ts";
export { type RestoreBatch, restoreBatch, type WithdrawBatch, withdrawBatch } from "./commands/withdraw-batch.ts";
export type { Column } from "./definition/column.ts";
export { expandColumns } from "./definition/columns.ts";
export {
  classesOf,
  type Definition,
  definitionSchema,
  type InputFormat,
  inputFormats,
} from "./definition/definition.ts";
export { isoDuration, parseDuration, parseIsoDuration } from "./definition/duration.ts";
export type { SliceDemand } from "./definition/gate.ts";
export { type CostLimit, type LimitName, limitNames } from "./definition/limits.ts";
export { type MetricName, metrics, metricsFor, type NamedMetric, readMetric } from "./definition/metrics.ts";
export { DefinitionError, type DefinitionFault, parseDefinition } from "./definition/parse.ts";
export {
  type SuspicionPolicy,
  suspicionPolicyOf,
  usualSuspicionPolicy,
} from "./definition/suspicion-policy.ts";
export { DocumentError, type DocumentKind, NewerFormatError } from "./document.ts";
export { type AppliedDefinition, appliedDefinition, definitionVersionOf } from "./documents/applied-definition.ts";
export { type AskedRows, askedRowsOf, columnsOf } from "./documents/asked-rows.ts";
export {
  type Admission,
  type AdmittedBatch,
  type AskedAdmissions,
  admission,
  admissions,
  type BatchManifest,
  batchManifest,
} from "./documents/batch.ts";
export {
  type Bar,
  type BatchEvidence,
  batchEvidence,
  type Evidence,
  type Fate,
  type Finding,
  type FindingInBrief,
  type FindingKind,
} from "./documents/batch-evidence.ts";
export {
  type AdmittedProfile,
  admittedProfile,
  type BatchProfile,
  type Bond,
  batchProfile,
  type ColumnProfile,
  columnRoles,
  type NumbersColumn,
  type Profile,
  type RowGroup,
  type ValuesColumn,
} from "./documents/batch-profile.ts";
export { type ChampionPointer, championPointer, currentCode, type Release } from "./documents/champion.ts";
export {
  type Answers,
  type ChampionOnBatch,
  type ChampionReference,
  type ChampionScore,
  championReference,
  type Losses,
  type RowsScore,
} from "./documents/champion-score.ts";
export { type Dataset, type DatasetPage, type DatasetRef, dataset, datasetPage } from "./documents/dataset.ts";
export { type DeploymentRecord, deploymentRecord, type Wish } from "./documents/deployment.ts";
export { type DropRecord, dropRecord } from "./documents/drop-record.ts";
export { type HoldoutEpoch, holdoutEpoch } from "./documents/holdout-epoch.ts";
export { type JudgementRecord, judgement, type Seen } from "./documents/judgement.ts";
export {
  type ArchivedLetter,
  type AuditEntry,
  archivedLetter,
  auditEntry,
  type LetterAction,
  type LetterOperation,
  type LetterSelection,
  type LetterStep,
  letterActions,
  letterOperation,
  letterSelection,
  letterStep,
} from "./documents/letter-operation.ts";
export { keptInModelView, type ModelView, modelView, type ReleaseView } from "./documents/model-view.ts";
export { doneFileName, paths, runLogName } from "./documents/paths.ts";
export { type ReleaseManifest, releaseManifest } from "./documents/release-manifest.ts";
export { type ConclusionStep, type Run, run } from "./documents/run.ts";
export { sweepRecord } from "./documents/sweep-record.ts";
export { type TrainingSlot, trainingSlot } from "./documents/training-slot.ts";
export {
  type Comparison,
  type ComparisonMethod,
  type Decision,
  type GoldenPredictions,
  type Hold,
  type Limited,
  type Signature,
  type Verdict,
  verdict,
} from "./documents/verdict.ts";
export type {
  CalibrationBin,
  ClassMeasures,
  ErrorSpread,
  VerdictDetails,
} from "./documents/verdict-details.ts";
export {
  type AnyContract,
  type Contract,
  ContractError,
  type Envelope,
  keptEnvelope,
  type Origin,
  parseEnvelope,
  schemaBase,
} from "./envelope.ts";
export { type DataAdmitted, dataAdmitted } from "./events/data-admitted.ts";
export {
  type DataQuarantined,
  dataQuarantined,
  mostFindingsNamed,
  type SuspicionInBrief,
} from "./events/data-quarantined.ts";
export { type DataRefused, dataRefused, type RefusalCode } from "./events/data-refused.ts";
export { type DataRestored, type DataWithdrawn, dataRestored, dataWithdrawn } from "./events/data-withdrawn.ts";
export { type MessageFailed, messageFailed } from "./events/message-failed.ts";
export { type ModelFrozen, modelFrozen } from "./events/model-frozen.ts";
export { type ModelJudged, modelJudged } from "./events/model-judged.ts";
export { type ModelPromoted, modelPromoted } from "./events/model-promoted.ts";
export { type ModelRolledBack, modelRolledBack } from "./events/model-rolled-back.ts";
export { type ModelThawed, modelThawed } from "./events/model-thawed.ts";
export { type ProcessStuck, processStuck } from "./events/process-stuck.ts";
export { type ProductionDrifted, productionDrifted } from "./events/production-drifted.ts";
export { type TrainingEnded, trainingEnded } from "./events/training-ended.ts";
export { mostBatchesNamed, type TrainingStarted, trainingStarted } from "./events/training-started.ts";
export { type TrainingWaiting, trainingWaiting } from "./events/training-waiting.ts";
export {
  batchIdOf,
  canonicalJson,
  digest,
  dropIdOf,
  type Json,
  messageIdOf,
  type RunIdentity,
  runIdOf,
  shortDigest,
} from "./identity.ts";
export {
  commands,
  events,
  isDataAdmitted,
  isDataQuarantined,
  isDataRefused,
  isDataRestored,
  isDataWithdrawn,
  isMessageFailed,
  isModelFrozen,
  isModelJudged,
  isModelPromoted,
  isModelRolledBack,
  isModelThawed,
  isProcessStuck,
  isProductionDrifted,
  isTrainingEnded,
  isTrainingStarted,
  isTrainingWaiting,
} from "./messages.ts";
export { modelProperties, modelTags } from "./model-tags.ts";
export { modelName } from "./names.ts";
export { type Field, type FieldFault, type FieldValue, readField } from "./rows/field.ts";
export { canBeMissing, indexesIn } from "./rows/former-columns.ts";
export { type RowIdentity, rowIdentifier } from "./rows/row-identity.ts";
export { type RowReader, rowReader } from "./rows/row-reader.ts";
export { admittedSide, isHoldout, rowPlace, type Side } from "./rows/split.ts";
export {
  type DeploymentSetting,
  type InfrastructureSetting,
  MissingSettingsError,
  readSettings,
  type Setting,
  type SettingName,
  type SettingsOf,
  type SettingsTable,
  serviceSettings,
  settings,
  settingsReadBy,
} from "./settings.ts";
export {
  type BrokerSettings,
  brokerSettings,
  type ContainerName,
  type ContainerTopology,
  codeDatastore,
  containers,
  datasetsDatastore,
  datastores,
  type EventSubscriptionTopology,
  eventSubscriptions,
  eventTopic,
  outputsDatastore,
  type QueueName,
  type QueueTopology,
  queues,
  runsDatastore,
  type ServiceName,
  serviceBusConnection,
  services,
} from "./topology.ts";
