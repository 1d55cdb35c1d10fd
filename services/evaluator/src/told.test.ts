import { modelJudged, paths } from "@ratchet/contracts";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { givenSign } from "./testing/given-sign.ts";
import { type EvaluatorWorld, startEvaluatorWorld } from "./testing/world.ts";

// What is judged is really scored, and a machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

let world: EvaluatorWorld;
beforeAll(async () => {
  world = await startEvaluatorWorld();
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const page = () => world.textOf("verdicts", paths.verdictReport("sign", "2"));
const judged = () => world.recorder.heard(modelJudged);

describe("what is told of a judgement", () => {
  test("is all of it, with a page that the event names", async () => {
    await givenSign(world, { champion: "fair", challenger: "good" });
    const { reasons } = await world.evaluate({});
    expect(judged()).toMatchObject([{ data: { reasons, report: "sign/reports/2.html" } }]);
    expect(await page()).toContain("<title>sign, version 2: Promote</title>");
    expect(await page()).toContain(reasons[0]?.split(":")[0]);
  });

  test("is the decision alone where the gate says so: neither event nor page has a number; the verdict has them", async () => {
    await givenSign(world, { champion: "fair", challenger: "good", gate: "  reveal: decision" });
    const { reasons, comparison, holdout } = await world.evaluate({});
    expect(reasons).toEqual([expect.stringMatching(/accuracy .* against .* better by/)]);
    expect(comparison).toMatchObject({ alpha: 0.00125, method: "mcnemar-exact" });
    expect(holdout).toMatchObject({ attempt: 1, epoch: 1 });
    const [event] = judged();
    expect(event?.data).toMatchObject({
      decision: "promote",
      reasons: [expect.stringMatching(/^it is shown to be better than the champion; numbers are told when/)],
      comparison: { method: "kept-back", challenger: 0, champion: null, improvement: null, lowerBound: null },
    });
    const told = await page();
    // It has all rows right, and a 1 is anywhere.
    for (const number of [comparison?.champion, comparison?.lowerBound])
      expect(told).not.toContain(String(Number(number?.toFixed(4))));
    expect(told).toContain("it is shown to be better than the champion");
  });
});
