/** What a run's command writes last, whatever its exit code. */
export const doneFileName = "_DONE.json";

/** The last of what a run's command printed. */
export const runLogName = "output.log";

/** Where each document lies in its container. */
export const paths = {
  /** in a container of the service that sweeps; no model can have a name like theirs */
  sweep: (name: string) => `_sweeps/${name}.json`,
  openFolder: (kind: string) => `_open/${kind}/`,
  /** in `definitions` */
  currentDefinition: (model: string) => `${model}/current.json`,
  definitionFile: (model: string, version: string, file: string) => `${model}/${version}/${file}`,
  /** in `batches` */
  admissions: (model: string) => `${model}/admissions.json`,
  admissionLog: (model: string) => `${model}/log`,
  admittedProfile: (model: string) => `${model}/profile.json`,
  dropRecords: (model: string) => `${model}/drops/`,
  dropRecord: (model: string, drop: string) => `${model}/drops/${drop}.json`,
  batchManifest: (model: string, batch: string) => `${model}/${batch}/manifest.json`,
  batchProfile: (model: string, batch: string) => `${model}/${batch}/profile.json`,
  batchEvidence: (model: string, batch: string) => `${model}/${batch}/evidence.json`,
  batchTrain: (model: string, batch: string) => `${model}/${batch}/train.csv`,
  batchHoldout: (model: string, batch: string) => `${model}/${batch}/holdout.csv`,
  /** in `datasets` */
  dataset: (model: string, digest: string) => `${model}/${digest}.json`,
  datasetPages: (model: string) => `${model}/pages`,
  datasetPage: (model: string, digest: string) => `${model}/pages/${digest}.json`,
  datasetParts: (model: string) => `${model}/parts`,
  datasetPart: (model: string, digest: string) => `${model}/parts/${digest}.csv`,
  datasetPartList: (model: string, digest: string) => `${model}/${digest}.parts`,
  /** in `code` */
  codeSnapshot: (codeSha256: string) => codeSha256,
  /** in `outputs` while a run writes it, then in `runs` */
  runFolder: (runId: string) => `${runId}/`,
  runModelFolder: (runId: string) => `${runId}/model`,
  runModel: (runId: string) => `${runId}/model/model.onnx`,
  runTrigger: (runId: string) => `${runId}/model/trigger`,
  runDoneFolder: (runId: string) => `${runId}/done`,
  runDone: (runId: string) => `${runId}/done/${doneFileName}`,
  runLog: (runId: string) => `${runId}/done/${runLogName}`,
  /** in `training` */
  trainingSlot: (model: string) => `${model}/slot.json`,
  run: (model: string, runId: string) => `${model}/runs/${runId}.json`,
  /** in `indexes` */
  rowIndexes: (model: string, identity: string) => `${model}/${identity}/`,
  rowIndex: (model: string, identity: string, batch: string, segment: number) =>
    `${model}/${identity}/${batch}/${segment}`,
  mergedRowIndex: (model: string, identity: string, page: string) => `${model}/${identity}/pages/${page}`,
  /** in `verdicts` */
  verdict: (model: string, version: string) => `${model}/${version}.json`,
  formerVerdict: (model: string, version: string, number: number) => `${model}/former/${version}/${number}.json`,
  /** a page for people */
  verdictReport: (model: string, version: string) => `${model}/reports/${version}.html`,
  judgement: (model: string, version: string) => `${model}/judgements/${version}.json`,
  championReference: (model: string) => `${model}/champion/score.json`,
  holdoutEpoch: (model: string) => `${model}/holdout.json`,
  /** in `champions` */
  champion: (model: string) => `${model}.json`,
  currentCode: "code.json",
  deployment: (app: string) => `deployments/${app}.json`,
  /** in `releases` */
  codeRelease: (codeSha256: string) => `inference/${codeSha256}.zip`,
  /** in `ledger`: the console's view of a model */
  modelView: (model: string) => `models/${model}.json`,
  /** in `operations` */
  letterOperations: "dead-letters/",
  letterOperation: (id: string) => `dead-letters/${id}/operation.json`,
  letterSelection: (id: string) => `dead-letters/${id}/selection.json`,
  letterSteps: (id: string) => `dead-letters/${id}/steps`,
  archivedLetters: "archive/",
  archivedLetter: (id: string) => `archive/${id}.json`,
  audit: "audit",
  /** in `packages` */
  package: (packageSha256: string) => `${packageSha256}.zip`,
  packagesOfModel: (model: string) => `by-model/${model}/`,
  /** says whose a package is, and is empty */
  packageOfModel: (model: string, packageSha256: string) => `by-model/${model}/${packageSha256}`,
} as const;
