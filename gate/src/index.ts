export type { Compared } from "./decision/compare.ts";
export { decideAlone, decidePair, decideThresholds, hold, type Judgement, reject } from "./decision/decide.ts";
export { metricsNeeded, type ScorePolicy, scorePolicyOf, sliceColumns } from "./decision/policy.ts";
export { alphaPerAttempt } from "./decision/rule.ts";
export type { SliceColumn } from "./decision/slices.ts";
export { type Weighing, weighAlone, weighPair } from "./decision/weighing.ts";
export { fewestRows } from "./methods/method.ts";
export { allMetrics } from "./metrics/metrics.ts";
export type { ClassifierScores, RegressionScores, Scores } from "./scores.ts";
