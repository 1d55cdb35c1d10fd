import { expect, test } from "vitest";
import { testScorePolicy } from "../testing/policy.ts";
import { classifier, wrongIn } from "../testing/scores.ts";
import { decideAlone, decidePair } from "./decide.ts";
import { type Costs, medianLower } from "./limits.ts";
import { weighAlone, weighPair } from "./weighing.ts";

const challenger = classifier(wrongIn(400));
const champion = classifier(wrongIn(400, [0, 100]));
const blocks = (milliseconds: number) => Array.from({ length: 21 }, (_, block) => milliseconds * (1 + block / 100));

type Limits = NonNullable<ReturnType<typeof testScorePolicy>["limits"]>;

function judged(limits: Limits, costs: Costs, own = challenger) {
  const policy = testScorePolicy({ thresholds: [], limits });
  const weighing = weighPair({ challenger: own, champion, costs }, policy, [], "seed");
  return { limits: weighing.limits, ...decidePair(weighing, policy) };
}

test("a better challenger is promoted within its limits, and refused beyond any of them", () => {
  const costs: Costs = {
    challenger: { latency: blocks(2), memory: 300 * 2 ** 20, size: 3 * 2 ** 20 },
    champion: { latency: blocks(1), memory: 100 * 2 ** 20, size: 2 ** 20 },
  };
  const within = { latency: { times: 2.5, max: 5 }, memory: { times: 3 }, size: { max: 4 * 2 ** 20 } };
  expect(judged(within, costs)).toMatchObject({
    decision: "promote",
    limits: [{}, {}, {}].map(() => ({ held: true })),
  });
  expect(judged({ ...within, latency: { times: 1.5 } }, costs)).toMatchObject({
    decision: "reject",
    reasons: [
      "a row's time at the 95th percentile 2.2 ms against 1.1 ms, at least 2 times; gate.limits.latency allows 1.5 times the champion's",
    ],
  });
  expect(judged({ latency: { max: 1 }, memory: { times: 2 }, size: { max: 2 ** 20 } }, costs)).toMatchObject({
    decision: "reject",
    reasons: [
      expect.stringMatching(/^a row's time .*, at least 2\.\d+ ms; gate\.limits\.latency allows 1 ms$/),
      "memory to score the rows 300 MiB against 100 MiB; gate.limits.memory allows 2 times the champion's",
      "the model's file 3 MiB against 1 MiB; gate.limits.size allows 1 MiB",
    ],
  });
});

test("a time that only some blocks have is no proof", () => {
  const half = Array.from({ length: 21 }, (_, block) => (block % 2 === 0 ? 1.6 : 1));
  const costs: Costs = { challenger: { latency: half }, champion: { latency: Array.from({ length: 21 }, () => 1) } };
  expect(judged({ latency: { times: 1.5 } }, costs)).toMatchObject({
    decision: "promote",
    limits: [{ challenger: 1.6, timesAtLeast: 1 }],
  });
});

test("what is measured against a champion is not asked where there is none", () => {
  const policy = testScorePolicy({
    thresholds: [],
    limits: { latency: { times: 1 }, size: { times: 1 }, drift: { max: 0.1 } },
  });
  const costs: Costs = { challenger: { latency: blocks(9), size: 1 } };
  expect(decideAlone(weighAlone({ challenger, costs }, policy), policy).decision).toBe("promote");
  const strict = { ...policy, limits: { size: { max: 0.5 } } };
  expect(decideAlone(weighAlone({ challenger, costs }, strict), strict)).toMatchObject({ decision: "reject" });
});

test("predictions that are spread as the champion's do not drift, whichever rows they are of", () => {
  const one = judged({ drift: { max: 0.25 } }, { challenger: {} });
  expect(one.limits).toMatchObject([{ name: "drift", held: true, champion: null }]);
  // Of two classes by turns, it holds nine in ten for the second.
  const lopsided = { ...challenger, predicted: challenger.predicted.map((_, row) => (row % 10 === 0 ? 0 : 1)) };
  const two = judged({ drift: { max: 0.25 } }, { challenger: {} }, lopsided);
  expect(two.limits).toMatchObject([{ name: "drift", held: false }]);
  // (0.1 - 0.5) ln(0.1 / 0.5) + (0.9 - 0.5) ln(0.9 / 0.5) = 0.879
  expect(two.limits[0]?.challenger).toBeCloseTo(0.879, 1);
});

test("a median has a lower bound by the sign test", () => {
  const values = Array.from({ length: 21 }, (_, value) => value + 1);
  // P(X <= 6) = 0.0392 and P(X <= 7) = 0.0946 for X of 21 fair coins: the seventh value.
  expect(medianLower(values, 0.05)).toBe(7);
  expect(medianLower([3, 1, 2], 0.05)).toBeUndefined();
});
