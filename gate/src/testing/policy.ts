import type { ScorePolicy } from "../decision/policy.ts";

/** A gate on accuracy, with what a test wants different. */
export const testScorePolicy = (different: Partial<ScorePolicy> = {}): ScorePolicy => ({
  metric: "accuracy",
  minRows: 1,
  minEffect: 0,
  confidence: 0.95,
  reuseBudget: 20,
  thresholds: [{ metric: "accuracy", min: 0.5 }],
  guardrails: [],
  slices: [],
  ...different,
});
