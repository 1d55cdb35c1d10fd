export type { Compared } from "./decision/compare.ts";
export { decideAlone, decidePair, decideThresholds, hold, type Judgement, reject } from "./decision/decide.ts";
export { metricsNeeded, type ScorePolicy, scorePolicyOf } from "./decision/policy.ts";
export { alphaPerAttempt } from "./decision/rule.ts";
export { type SliceColumn, type Weighing, weighAlone, weighPair } from "./decision/weighing.ts";
export { allMetrics } from "./metrics/metric.ts";
export type { ClassifierScores, RegressionScores, Scores } from "./scores.ts";
export { fewestRows } from "./statistics/bootstrap.ts";
