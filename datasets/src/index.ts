export {
  type AdmittedBatch,
  type AdmittedPage,
  admittedData,
  type PageSize,
} from "./admitted/admitted-pages.ts";
export { batchRows, heldOutRows, type Reading, takenRows } from "./admitted/batch-rows.ts";
export { MissingBatchError } from "./admitted/missing-batch-error.ts";
export { type Indexed, identityOf, indexPages } from "./admitted/row-indexes.ts";
export type { RowStores } from "./admitted/row-stores.ts";
export { RowIndexError } from "./index/row-index-error.ts";
export type { Counts } from "./plan/counts.ts";
export { type DatasetPlan, type Judging, planDataset, ruleOf } from "./plan/plan-dataset.ts";
export type { TakenRows } from "./plan/taken-rows.ts";
