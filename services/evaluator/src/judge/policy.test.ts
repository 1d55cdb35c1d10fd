import { appliedProject } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { signYaml } from "../testing/sign.ts";
import { policyOf } from "./policy.ts";

const policyFrom = (gate = "") => policyOf(appliedProject(signYaml(gate)).definition);

describe("a gate is read", () => {
  test("with what holds where it says nothing, durations in milliseconds", () => {
    expect(policyFrom()).toEqual({
      metric: "accuracy",
      minRows: 30,
      minEffect: 0,
      confidence: 0.95,
      reuseBudget: 20,
      holdoutMaxAge: 7_776_000_000,
      cooldown: 0,
      thresholds: [{ metric: "accuracy", min: 0.5 }],
      guardrails: [],
      slices: [],
      triggerRequired: false,
    });
  });

  test("with what it says", () => {
    const gate = `  minEffect: 0.01
  confidence: 0.9
  reuseBudget: 7
  holdoutMaxAge: 2d
  cooldown: 90s
  guardrails: [{ metric: log-loss, margin: 0.05 }]
  slices: [{ column: region }]
  triggerFile: required`;
    expect(policyFrom(gate)).toMatchObject({
      minEffect: 0.01,
      confidence: 0.9,
      reuseBudget: 7,
      holdoutMaxAge: 172_800_000,
      cooldown: 90_000,
      guardrails: [{ metric: "log-loss", margin: 0.05 }],
      slices: [{ column: "region", margin: 0.02, minRows: 200 }],
      triggerRequired: true,
    });
  });
});
