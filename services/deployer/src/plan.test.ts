import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { differenceFrom } from "./golden.ts";
import { nextStep, type Observed, type Served } from "./next-step.ts";
import {
  type DeploymentFacts,
  NothingToRollBackError,
  planDeployment,
  planRollback,
  promoted,
  RefusedDeploymentError,
  rolledBack,
} from "./plan.ts";
import { testManifest, testPointer, testRelease, testVerdict } from "./testing/releases.ts";

const code = "a".repeat(64);
const facts = (different: Partial<DeploymentFacts> = {}): DeploymentFacts => ({
  id: "a command",
  command: { model: "digits", version: "7", cause: "verdict" },
  pointer: testPointer(),
  verdict: testVerdict(),
  code,
  ...different,
});
const refusal = (different: Partial<DeploymentFacts>) => () => planDeployment(facts(different));

describe("a deployment", () => {
  test("is done where the verdict promotes against the present champion", () => {
    expect(planDeployment(facts())).toMatchObject({ kind: "deploy", verdict: { version: "7" } });
    expect(planDeployment(facts({ pointer: undefined, verdict: testVerdict({ champion: null }) })).kind).toBe("deploy");
  });

  test.each([["5"], [null]])(
    "waits for another judgement where the verdict compared with %s and another is champion",
    (champion) => {
      const plan = planDeployment(facts({ verdict: testVerdict({ champion }) }));
      expect(plan).toMatchObject({ kind: "judge-again", why: expect.stringContaining("and the champion is 6") });
    },
  );

  test("is not judged again where the version has served already", () => {
    const pointer = testPointer({ previous: testRelease("7") });
    expect(planDeployment(facts({ pointer, verdict: testVerdict({ champion: "5" }) })).kind).toBe("nothing");
  });

  test.each<[string, Partial<DeploymentFacts>, RegExp]>([
    ["the model was never judged", { verdict: undefined }, /digits 7 was never judged.*evaluate it/],
    [
      "the verdict does not promote",
      { verdict: testVerdict({ decision: "hold", reasons: ["too few rows"] }) },
      /the verdict on digits 7 is hold: too few rows; force the promotion/,
    ],
    [
      "the version was rolled back",
      { pointer: testPointer({ withdrawn: [testRelease("7")] }) },
      /taken out of production by a rollback/,
    ],
    [
      "it is forced without a reason",
      { command: { model: "digits", version: "7", cause: "forced" } },
      /forced promotion of digits 7 needs a reason/,
    ],
  ])("is refused where %s", (_, different, reason) => {
    expect(refusal(different)).toThrow(reason);
    expect(refusal(different)).toThrow(RefusedDeploymentError);
  });

  test("that is forced, with a reason, needs no favourable verdict, but one for what the model should predict", () => {
    const command = { model: "digits", version: "7", cause: "forced", reason: "the champion is unlawful" } as const;
    const verdict = testVerdict({ decision: "reject", champion: "5" });
    const pointer = testPointer({ withdrawn: [testRelease("7")] });
    expect(planDeployment(facts({ command, verdict, pointer })).kind).toBe("deploy");
    expect(refusal({ command, verdict: undefined })).toThrow(RefusedDeploymentError);
  });

  test("of new code is for the champion as it is, and for no earlier one", () => {
    const command = { model: "digits", version: "6", cause: "code", code: "c".repeat(64) } as const;
    const verdict = testVerdict({ version: "6", champion: "5" });
    expect(planDeployment(facts({ command, verdict, code: command.code })).kind).toBe("deploy");
    expect(planDeployment(facts({ command: { ...command, version: "5" }, verdict, code: command.code }))).toEqual({
      kind: "nothing",
      why: "digits 5 is not the champion any more",
    });
    expect(planDeployment(facts({ command, verdict, code })).kind).toBe("nothing");
  });

  test("delivered again is said again; asked for by somebody else there is nothing to do", () => {
    const pointer = testPointer({ champion: testRelease("7", { cause: "a command" }) });
    expect(planDeployment(facts({ pointer })).kind).toBe("say-again");
    expect(planDeployment(facts({ pointer, id: "another command" }))).toEqual({
      kind: "nothing",
      why: "digits 7 is in production",
    });
  });

  test("leaves the former champion as the release to roll back to, and takes a forced one out of the withdrawn", () => {
    const before = testPointer({ withdrawn: [testRelease("7"), testRelease("4")] });
    const after = promoted(before, "digits", testRelease("7"), "https://here");
    expect(after).toMatchObject({ champion: { version: "7" }, previous: { version: "6" }, endpoint: "https://here" });
    expect(after.withdrawn.map(({ version }) => version)).toEqual(["4"]);
    expect(promoted(undefined, "digits", testRelease("7"), "https://here").previous).toBeNull();
  });
});

describe("a rollback", () => {
  const command = { model: "digits", reason: "wrong sevens" };

  test("puts the release before the champion back and withdraws the champion", () => {
    const plan = planRollback("r", command, testPointer());
    expect(plan).toMatchObject({ kind: "roll-back", from: { version: "6" }, to: { version: "5" } });
    expect(rolledBack(plan.pointer, plan.to, "r")).toMatchObject({
      champion: { version: "5", cause: "r" },
      previous: null,
      withdrawn: [{ version: "6" }],
    });
  });

  test("delivered again is said again, with the same releases", () => {
    const first = planRollback("r", command, testPointer());
    const again = planRollback("r", command, rolledBack(first.pointer, first.to, "r"));
    expect(again).toMatchObject({ kind: "say-again", from: first.from, to: { version: "5" } });
  });

  test("is refused where another release than the one named serves by then", () => {
    expect(planRollback("r", { ...command, from: "6" }, testPointer()).kind).toBe("roll-back");
    expect(() => planRollback("r", { ...command, from: "4" }, testPointer())).toThrow(
      /digits 4 was to be taken out of production, but 6 is there now/,
    );
  });

  test("is refused where there is nothing to put back", () => {
    expect(() => planRollback("r", command, undefined)).toThrow(/nothing of digits was ever in production/);
    expect(() => planRollback("r", command, testPointer({ previous: null }))).toThrow(NothingToRollBackError);
  });
});

describe("the next step", () => {
  const target: Served = { version: "7", code };
  const other: Served = { version: "6", code };

  test("is to publish, then to swap, then none, wherever one begins", () => {
    expect(nextStep({ production: undefined, staging: undefined }, target)).toBe("publish");
    expect(nextStep({ production: other, staging: { ...target, code: "b" } }, target)).toBe("publish");
    expect(nextStep({ production: other, staging: target }, target)).toBe("swap");
    expect(nextStep({ production: target, staging: other }, target)).toBe("done");
  });

  test("leads to the release in production in at most two steps from anywhere", () => {
    const served = fc.option(fc.record({ version: fc.constantFrom("6", "7"), code: fc.constantFrom("a", code) }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(served, served, (production, staging) => {
        let slots: Observed = { production, staging };
        const steps: string[] = [];
        for (let step = nextStep(slots, target); step !== "done"; step = nextStep(slots, target)) {
          steps.push(step);
          slots =
            step === "publish"
              ? { ...slots, staging: target }
              : { production: slots.staging, staging: slots.production };
        }
        expect(slots.production).toEqual(target);
        expect(steps.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe("golden predictions", () => {
  const { golden } = testManifest();

  test("are met within their tolerance", () => {
    expect(differenceFrom(golden, [10.0005, 19, 28, 0, -1, -2])).toBeUndefined();
  });

  test("that are not met are named with row and values", () => {
    expect(differenceFrom(golden, [10, 19, 28, 0, -1, -2.5])).toBe(
      "for golden row 1 it predicts scores -2.5, not -2 within 0.001",
    );
    expect(differenceFrom(golden, [10, 19, Number.NaN, 0, -1, -2])).toMatch(/golden row 0 it predicts scores NaN/);
    expect(differenceFrom(golden, [10])).toMatch(/gives 1 values of scores for 2 golden rows instead of 6/);
  });
});
