export { measureCosts } from "./costs/measure-costs.ts";
export type { ModelFace, ModelShape, OnnxModel, OpenModel, ScoredApart, ScoringLimits } from "./models/model.ts";
export { UnusableModelError } from "./models/unusable-model.ts";
export {
  openInProcess,
  type RaceModels,
  raceInProcess,
  ScoringProcessError,
  type ScoringProcesses,
} from "./process/open-in-process.ts";
export { collectorFor } from "./scores/collect-scores.ts";
export { detailsOfScored } from "./scores/details.ts";
export type { RowBlock } from "./scores/row-block.ts";
export { type ReadRow, rowBlocks } from "./scores/row-blocks.ts";
export { faultOf, type ScoredModels, scoreModels } from "./scores/score-models.ts";
export type { WorstRow } from "./scores/worst-rows.ts";
