import { expect, test } from "vitest";
import { testScorePolicy } from "../testing/policy.ts";
import { metricsNeeded } from "./policy.ts";

test("a gate cannot do without every metric that it names, each once", () => {
  const guardrails = [
    { metric: "log-loss", margin: 0 },
    { metric: "accuracy", margin: 0 },
  ] as const;
  expect(metricsNeeded(testScorePolicy({ guardrails }))).toEqual(["accuracy", "log-loss"]);
});
