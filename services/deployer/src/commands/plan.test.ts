import type { Wish } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { testPointer, testRelease, testVerdict } from "../testing/releases.ts";
import {
  type DeploymentFacts,
  NothingToRollBackError,
  planCode,
  planDeployment,
  planRollback,
  RefusedDeploymentError,
  type ReleaseWish,
  StaleRollbackError,
} from "./plan.ts";

const code = "a".repeat(64);
const wish: ReleaseWish = { id: "a command", kind: "promote", model: "digits", version: "7" };
const forced: ReleaseWish = { ...wish, kind: "force", reason: "the champion is unlawful" };
const facts = (different: Partial<DeploymentFacts> = {}): DeploymentFacts => ({
  wish,
  pointer: testPointer(),
  verdict: testVerdict(),
  code,
  ...different,
});
const refusal = (different: Partial<DeploymentFacts>) => () => planDeployment(facts(different));
const frozen = { since: "2026-11-23T10:00:00.000Z", reason: "wrong sevens", cause: "r" };

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
      { wish: { id: "a command", kind: "force", model: "digits", version: "7" } },
      /forced promotion of digits 7 needs a reason/,
    ],
  ])("is refused where %s", (_, different, reason) => {
    expect(refusal(different)).toThrow(reason);
    expect(refusal(different)).toThrow(RefusedDeploymentError);
  });

  test("that is forced, with a reason, needs no favourable verdict, but one for what the model should predict", () => {
    const verdict = testVerdict({ decision: "reject", champion: "5" });
    const pointer = testPointer({ withdrawn: [testRelease("7")], frozen });
    expect(planDeployment(facts({ wish: forced, verdict, pointer })).kind).toBe("deploy");
    expect(refusal({ wish: forced, verdict: undefined })).toThrow(RefusedDeploymentError);
  });

  test("of a model that could not be scored is refused whoever asks: nothing says what it should predict", () => {
    const {
      golden: _,
      signature: __,
      ...verdict
    } = testVerdict({ decision: "reject", reasons: ["it takes 3 features"] });
    const { golden: ___, ...halfScored } = testVerdict();
    expect(refusal({ verdict: halfScored })).toThrow(/digits 7 could not be scored/);
    for (const asked of [wish, forced])
      expect(refusal({ wish: asked, verdict })).toThrow(
        /digits 7 could not be scored, .*not deployed even by force: it takes 3 features; mend the model/,
      );
  });

  test("of a frozen model is held back, whichever champion the verdict compared with; what may not be deployed is refused", () => {
    const pointer = testPointer({ frozen });
    const why = "digits is frozen since 2026-11-23T10:00:00.000Z: wrong sevens";
    expect(planDeployment(facts({ pointer }))).toEqual({ kind: "hold-back", why });
    expect(planDeployment(facts({ pointer, verdict: testVerdict({ champion: "5" }) }))).toEqual({
      kind: "hold-back",
      why,
    });
    expect(refusal({ pointer, verdict: testVerdict({ decision: "hold" }) })).toThrow(RefusedDeploymentError);
  });

  test("of a second model under the number of the champion is refused: neither slots nor records could tell them apart", () => {
    const onnx = { container: "runs", path: "x", sha256: "e".repeat(64) };
    const pointer = testPointer({ champion: testRelease("7", { onnx }) });
    for (const asked of [wish, forced])
      expect(refusal({ wish: asked, pointer })).toThrow(
        /two models were registered under one number; register this one again/,
      );
    const verdict = testVerdict({ onnx: { ...onnx, bytes: 100 } });
    expect(planDeployment(facts({ pointer, verdict })).kind).toBe("nothing");
  });

  test("delivered again when it is done changes nothing; asked for by somebody else there is nothing to do", () => {
    const pointer = testPointer({ champion: testRelease("7", { cause: "a command" }) });
    expect(planDeployment(facts({ pointer }))).toMatchObject({ kind: "nothing" });
    expect(planDeployment(facts({ pointer, wish: { ...wish, id: "another" } }))).toEqual({
      kind: "nothing",
      why: "digits 7 is in production",
    });
    const other = { ...forced, id: "another" };
    expect(planDeployment(facts({ pointer, wish: other })).kind).toBe("nothing");
    expect(planDeployment(facts({ pointer, wish: other, code: "c".repeat(64) })).kind).toBe("deploy");
  });
});

describe("new code", () => {
  const asked = (version: string, newer?: string): Wish => ({
    id: "a command",
    kind: "code",
    model: "digits",
    version,
    ...(newer ? { code: newer } : {}),
  });
  const [newer, newest] = ["c".repeat(64), "d".repeat(64)];
  const pointer = testPointer();

  test("is for the champion as it is, and for no earlier one", () => {
    const { champion } = pointer;
    const plan = { kind: "deploy", champion, code: newer };
    expect(planCode({ wish: asked("6", newer), pointer, current: newer })).toEqual(plan);
    expect(planCode({ wish: asked("6", newer), pointer, current: undefined })).toEqual(plan);
    expect(planCode({ wish: asked("6"), pointer, current: newer })).toEqual(plan);
    expect(planCode({ wish: asked("5", newer), pointer, current: newer })).toEqual({
      kind: "nothing",
      why: "digits 5 is not the champion any more",
    });
    expect(planCode({ wish: asked("6", newer), pointer: undefined, current: newer }).kind).toBe("nothing");
  });

  test("is the current code and none before it", () => {
    expect(planCode({ wish: asked("6", newer), pointer, current: newest })).toEqual({
      kind: "nothing",
      why: "newer inference code is released already",
    });
  });

  test("that the champion has already is nothing to do", () => {
    expect(planCode({ wish: asked("6", code), pointer, current: code }).kind).toBe("nothing");
  });
});

describe("a rollback", () => {
  const back: Wish = { id: "r", kind: "roll-back", model: "digits", reason: "wrong sevens" };

  test("puts the release before the champion back", () => {
    expect(planRollback(back, testPointer())).toMatchObject({
      kind: "roll-back",
      from: { version: "6" },
      to: { version: "5" },
    });
  });

  test("delivered again when it is done changes nothing", () => {
    const pointer = testPointer({ champion: testRelease("5", { cause: "r" }), previous: testRelease("4") });
    expect(planRollback(back, pointer).kind).toBe("nothing");
  });

  test("is refused where another release than the one named serves by then", () => {
    expect(planRollback({ ...back, version: "6" }, testPointer()).kind).toBe("roll-back");
    const late = () => planRollback({ ...back, version: "4" }, testPointer());
    expect(late).toThrow(StaleRollbackError);
    expect(late).toThrow(/digits 4 was to be taken out of production, but 6 is there now/);
  });

  test("is refused where there is nothing to put back", () => {
    expect(() => planRollback(back, undefined)).toThrow(/nothing of digits was ever in production/);
    expect(() => planRollback(back, testPointer({ previous: null }))).toThrow(NothingToRollBackError);
  });
});
