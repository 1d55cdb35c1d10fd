import { describe, expect, test } from "vitest";
import { championDecider } from "./champion.ts";
import {
  type DeploymentFacts,
  NothingToRollBackError,
  planDeployment,
  planRollback,
  RefusedDeploymentError,
  StaleRollbackError,
} from "./plan.ts";
import { testPointer, testRelease, testVerdict } from "./testing/releases.ts";

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

  test("of a model that could not be scored is refused whoever asks: nothing says what it should predict", () => {
    const {
      golden: _,
      signature: __,
      ...verdict
    } = testVerdict({ decision: "reject", reasons: ["it takes 3 features"] });
    const asked = { model: "digits", version: "7" } as const;
    for (const command of [
      { ...asked, cause: "forced", reason: "the fair is tomorrow" },
      { ...asked, cause: "verdict" },
    ] as const)
      expect(refusal({ command, verdict })).toThrow(
        /digits 7 could not be scored, .*not deployed even by force: it takes 3 features; mend the model/,
      );
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
    expect(planDeployment(facts({ pointer }))).toEqual({ kind: "say-again", pointer });
    expect(planDeployment(facts({ pointer, id: "another command" }))).toEqual({
      kind: "nothing",
      why: "digits 7 is in production",
    });
  });
});

describe("a rollback", () => {
  const command = { model: "digits", reason: "wrong sevens" };

  test("puts the release before the champion back and withdraws the champion", () => {
    const plan = planRollback("r", command, testPointer());
    expect(plan).toMatchObject({ kind: "roll-back", from: { version: "6" }, to: { version: "5" } });
    expect(championDecider.evolve(plan.pointer, { kind: "rolled-back", to: plan.to, cause: "r" })).toMatchObject({
      champion: { version: "5", cause: "r" },
      previous: null,
      withdrawn: [{ version: "6" }],
    });
  });

  test("delivered again is said again, with the same releases", () => {
    const first = planRollback("r", command, testPointer());
    const after = championDecider.evolve(first.pointer, { kind: "rolled-back", to: first.to, cause: "r" });
    const again = planRollback("r", command, after);
    expect(again).toMatchObject({ kind: "say-again", from: first.from, to: { version: "5" } });
  });

  test("is refused where another release than the one named serves by then", () => {
    expect(planRollback("r", { ...command, from: "6" }, testPointer()).kind).toBe("roll-back");
    const late = () => planRollback("r", { ...command, from: "4" }, testPointer());
    expect(late).toThrow(StaleRollbackError);
    expect(late).toThrow(/digits 4 was to be taken out of production, but 6 is there now/);
  });

  test("is refused where there is nothing to put back", () => {
    expect(() => planRollback("r", command, undefined)).toThrow(/nothing of digits was ever in production/);
    expect(() => planRollback("r", command, testPointer({ previous: null }))).toThrow(NothingToRollBackError);
  });
});
