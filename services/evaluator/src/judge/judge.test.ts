import { type Scores, weighAlone, weighPair } from "@ratchet/gate";
import { classifier, wrongIn } from "@ratchet/gate/testing";
import { describe, expect, test } from "vitest";
import { testPolicy } from "../testing/policy.ts";
import { type Evidence, judge, judgeUnusable } from "./judge.ts";
import type { Policy } from "./policy.ts";

interface Case {
  readonly champion?: Scores | null;
  readonly policy?: Partial<Policy>;
  readonly evidence?: Partial<Evidence>;
}

function verdictOn(challenger: Scores, { champion = null, policy: different = {}, evidence = {} }: Case) {
  const policy = testPolicy(different);
  const weighing = champion
    ? weighPair({ challenger, champion }, policy, [], "seed")
    : weighAlone({ challenger }, policy);
  return judge(
    {
      version: "2",
      champion: champion ? { version: "1", fault: undefined, age: 1_000_000 } : null,
      weighing,
      votedToDeploy: undefined,
      use: champion ? { state: "open" } : undefined,
      ...evidence,
    },
    policy,
  );
}

const strong = classifier(wrongIn(600, [0, 20]));
const weak = classifier(wrongIn(600, [0, 60]));

describe("a better challenger is held", () => {
  const better = (different: Case) => verdictOn(strong, { champion: weak, ...different });

  test("where the gate requires the run's vote and it is not there", () => {
    const policy = { triggerRequired: true };
    expect(better({ policy, evidence: { votedToDeploy: false } })).toMatchObject({
      decision: "hold",
      reasons: [expect.stringContaining("did not write the file trigger") as string],
    });
    expect(better({ policy, evidence: { votedToDeploy: true } }).decision).toBe("promote");
    expect(better({ policy, evidence: { votedToDeploy: undefined } })).toMatchObject({
      decision: "hold",
      heldFor: ["vote"],
    });
    expect(verdictOn(strong, { policy }).decision).toBe("hold");
    for (const votedToDeploy of [undefined, false, true])
      expect(better({ evidence: { votedToDeploy } }).decision).toBe("promote");
  });

  test("during the cooldown after a promotion", () => {
    const champion = { version: "1", fault: undefined, age: 180_000 };
    expect(better({ policy: { cooldown: 3_600_000 }, evidence: { champion } })).toEqual({
      decision: "hold",
      reasons: [
        "the champion, version 1, was promoted 3 minutes ago; gate.cooldown asks for 1 hour between promotions",
      ],
      heldFor: ["cooldown"],
    });
    expect(better({ policy: { cooldown: 60_000 }, evidence: { champion } }).decision).toBe("promote");
    // Exactly over.
    expect(better({ policy: { cooldown: 180_000 }, evidence: { champion } }).decision).toBe("promote");
    expect(better({ policy: { cooldown: 180_001 }, evidence: { champion } }).decision).toBe("hold");
  });

  test("for everything that holds it, as data in the order of the words", () => {
    const champion = { version: "2", fault: "it is gone", age: 1 };
    const held = better({ policy: { cooldown: 1_000, triggerRequired: true }, evidence: { champion } });
    expect(held.heldFor).toEqual(["vote", "promoted", "cooldown", "champion"]);
    expect(held.reasons).toHaveLength(4);
  });

  test("where the champion cannot be scored", () => {
    const champion = { version: "1", fault: "it takes 3 features, the data has 4", age: 1 };
    expect(better({ evidence: { champion } })).toEqual({
      decision: "hold",
      reasons: [
        "the champion, version 1, cannot be scored on the holdout: it takes 3 features, the data has 4; mend it, or force a promotion",
      ],
      heldFor: ["champion"],
    });
  });

  test("where the holdout is used up", () => {
    expect(better({ evidence: { use: { state: "closed", reason: "used up" } } })).toEqual({
      decision: "hold",
      reasons: ["used up"],
      heldFor: ["holdout"],
    });
  });

  test("where it is the champion already", () => {
    expect(better({ evidence: { version: "1" } })).toEqual({
      decision: "hold",
      reasons: ["version 1 is the champion already"],
      heldFor: ["promoted"],
    });
  });
});

describe("a challenger that cannot be scored", () => {
  test("is rejected, and held for nothing", () => {
    expect(judgeUnusable("it takes 3 features")).toEqual({
      decision: "reject",
      reasons: ["the challenger cannot be scored: it takes 3 features"],
      heldFor: [],
    });
  });
});

describe("the scores alone", () => {
  test("refuse what misses a threshold, whatever else holds it", () => {
    const policy = { thresholds: [{ metric: "accuracy", min: 0.99 }], triggerRequired: true } as const;
    expect(verdictOn(strong, { champion: weak, policy }).decision).toBe("reject");
    expect(verdictOn(strong, { policy }).decision).toBe("reject");
  });

  test("decide where nothing holds it", () => {
    expect(verdictOn(strong, { champion: weak }).decision).toBe("promote");
    expect(verdictOn(weak, { champion: strong }).decision).toBe("reject");
    expect(verdictOn(strong, {}).decision).toBe("promote");
    expect(verdictOn(strong, { policy: { minRows: 601, triggerRequired: true } })).toMatchObject({ heldFor: ["rows"] });
  });
});
