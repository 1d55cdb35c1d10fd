import type { Policy } from "../judge/policy.ts";

/** A gate on accuracy, with what a test wants different. */
export const testPolicy = (different: Partial<Policy> = {}): Policy => ({
  metric: "accuracy",
  minRows: 1,
  minEffect: 0,
  confidence: 0.95,
  reuseBudget: 20,
  holdoutMaxAge: 90 * 86_400_000,
  cooldown: 0,
  thresholds: [{ metric: "accuracy", min: 0.5 }],
  guardrails: [],
  slices: [],
  triggerRequired: false,
  ...different,
});
