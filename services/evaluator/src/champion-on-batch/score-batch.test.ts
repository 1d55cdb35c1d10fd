import { randomUUID } from "node:crypto";
import {
  admission,
  type ChampionOnBatch,
  championReference,
  type DatasetRef,
  paths,
  scoreBatch,
  takeInDrop,
} from "@ratchet/contracts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { a, b, c } from "../testing/given-sign.ts";
import { signRows, signYaml } from "../testing/sign.ts";
import { type EvaluatorWorld, onnxOf, startEvaluatorWorld } from "../testing/world.ts";
import { joinScores } from "./rows-score.ts";
import { sayChampionOnBatch } from "./score-batch.ts";

let world: EvaluatorWorld;
beforeAll(async () => {
  world = await startEvaluatorWorld();
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const model = "sign";
const d = "d".repeat(16);

/** Asks what the champion makes of a batch. */
async function ask(batch: string): Promise<ChampionOnBatch | undefined> {
  const file = `${model}/${batch}.csv`;
  const origin = { source: "data-watcher", time: new Date(), cause: randomUUID() };
  const message = scoreBatch.build({ model, batch, file, etag: "0x8D0" }, origin);
  const before = world.recorder.heard(takeInDrop).length;
  await sayChampionOnBatch(world.evaluator, message, world.delivery(message));
  const [answer, ...more] = world.recorder.heard(takeInDrop).slice(before);
  expect(more).toEqual([]);
  expect(answer?.data).toMatchObject({ model, file, etag: "0x8D0" });
  return answer?.data.championOnBatch;
}

/** A champion that is right on all rows of {@link signRows}. */
async function givenChampion(fixture = "good", dataset?: DatasetRef): Promise<void> {
  await world.apply(signYaml());
  await world.putModel(model, "1", fixture);
  await world.makeChampion(model, "1", [], new Date(0), dataset);
}

const flipped = (rows: ReturnType<typeof signRows>) =>
  rows.map(([x = "", region = "", side]) => [x, region, side === "above" ? "below" : "above"]);

const reference = async () =>
  (await world.documents("verdicts").read(paths.championReference(model), championReference))?.value;

describe("what the champion makes of a batch", () => {
  test("is how often it is right on its held-out rows, and on those of the batches that are admitted", async () => {
    await givenChampion("fair");
    const others = (await world.admit(model, a, signRows(200))) + (await world.admit(model, b, signRows(100, 1)));
    const held = await world.bring(model, c, flipped(signRows(400, 2)));
    const said = await ask(c);
    expect(said).toMatchObject({ champion: "1" });
    const { batch, others: rest } = said?.score ?? {};
    // It takes numbers up to 0.2 for negative: a tenth of all.
    const wrongOf = (score: object | undefined) => (score && "wrong" in score ? score.wrong : Number.NaN);
    const rightOf = (score: object | undefined) => (score && "right" in score ? Number(score.right) : Number.NaN);
    expect([rightOf(batch) + Number(wrongOf(batch)), rightOf(rest) + Number(wrongOf(rest))]).toEqual([held, others]);
    expect(rightOf(batch) / held).toBeCloseTo(0.1, 1);
    expect(rightOf(rest) / others).toBeCloseTo(0.9, 1);
  });

  test("is its squared errors where it is a regression", async () => {
    const yaml = signYaml()
      .replace("task: classification", "task: regression")
      .replace("{ name: side, type: category, values: [below, above] }", "{ name: side, type: number }")
      .replace("metric: accuracy", "metric: rmse")
      .replace("{ accuracy: { min: 0.5 } }", "{ rmse: { max: 2 } }");
    await world.apply(yaml);
    await world.putModel(model, "1", "slope-2");
    await world.makeChampion(model, "1", []);
    const rows = (factor: number, seed: number) =>
      signRows(200, seed).map(([x = "", region = ""]) => [x, region, String(factor * Number(x))]);
    await world.admit(model, a, rows(2, 0));
    await world.bring(model, c, rows(3, 1));
    const { batch, others } = (await ask(c))?.score ?? {};
    // Wrong by x, which is spread evenly from -1 to 1: its square has the mean 1/3 and the variance 4/45.
    expect(batch).toMatchObject({ mean: expect.closeTo(1 / 3, 1), variance: expect.closeTo(4 / 45, 1) });
    expect(others).toMatchObject({ mean: expect.closeTo(0, 6), variance: expect.closeTo(0, 6) });
  });

  test("goes on from what is known of the others: their rows are read once", async () => {
    await givenChampion();
    await world.admit(model, a, signRows(200));
    await world.bring(model, c, signRows(50, 2));
    const first = await ask(c);
    // Were it read again, it would be missed.
    await world.container("batches").deleteBlob(paths.batchHoldout(model, a));
    expect(await ask(c)).toEqual(first);
    const more = await world.admit(model, b, signRows(100, 1));
    const then = await ask(c);
    const rightOf = (said: ChampionOnBatch | undefined) => said?.score?.others;
    expect(rightOf(then)).toEqual(joinScores(rightOf(first), { right: more, wrong: 0 }));
    expect(await reference()).toMatchObject({ batches: [a, b], through: 2 });
  });

  test("is compared with what is admitted alone: one that is withdrawn counts no more", async () => {
    await givenChampion();
    await world.admit(model, a, flipped(signRows(200)));
    const held = await world.admit(model, b, signRows(100, 1));
    await world.bring(model, c, signRows(50, 2));
    expect((await ask(c))?.score?.others).toMatchObject({ right: held });
    await world.withdraw(model, a);
    expect((await ask(c))?.score?.others).toEqual({ right: held, wrong: 0 });
  });

  test("is that of the champion that serves by now", async () => {
    await givenChampion();
    const held = await world.admit(model, a, signRows(2_000));
    await world.bring(model, c, signRows(50, 2));
    expect((await ask(c))?.score?.others).toEqual({ right: held, wrong: 0 });
    await world.putModel(model, "2", "poor");
    await world.makeChampion(model, "2", []);
    const { champion, score } = (await ask(c)) ?? {};
    const others = score?.others;
    expect(champion).toBe("2");
    // It takes numbers up to 0.8 for negative: four tenths of all.
    expect((others && "wrong" in others ? others.wrong : Number.NaN) / held).toBeCloseTo(0.4, 1);
  });

  test("takes the newest rows, as many as say enough", async () => {
    await givenChampion();
    await world.admit(model, a, flipped(signRows(200)));
    const held = await world.admit(model, b, signRows(21_000, 1));
    await world.bring(model, c, signRows(50, 2));
    expect(held).toBeGreaterThan(10_000);
    const { others } = (await ask(c))?.score ?? {};
    expect(others).toMatchObject({ wrong: 0, right: expect.any(Number) });
    expect(await reference()).toMatchObject({ batches: [b] });
  });

  test("is of rows on which it was not trained, where it was split otherwise: of batches that came after", async () => {
    const boundary = Date.parse("2026-01-01");
    await givenChampion("good", await world.describeData(model, [a], 1, boundary));
    await world.admit(model, a, flipped(signRows(200)));
    await world.bring(model, c, signRows(50, 2));
    expect(await ask(c)).toEqual({ champion: "1", leftOut: "there are no other rows that it was not trained on" });
    const held = await world.admit(model, b, signRows(100, 1));
    expect((await ask(c))?.score?.others).toEqual({ right: held, wrong: 0 });
  });

  test("is by time of rows from the boundary on: none judges that it has seen", async () => {
    const yaml = signYaml()
      .replace("  holdout:", "  time: day\n  holdout:")
      .replace("    - { name: x,", "    - { name: day, type: date, feature: false }\n    - { name: x,");
    await world.apply(yaml);
    await world.putModel(model, "1", "good");
    const boundary = Date.parse("2026-03-01");
    await world.makeChampion(model, "1", [], new Date(0), await world.describeData(model, [a], 1, boundary));
    const dated = (rows: readonly (readonly string[])[], day: string) => rows.map((row) => [day, ...row]);
    const old = dated(flipped(signRows(50)), "2026-02-28");
    await world.admit(model, a, [...old, ...dated(signRows(60), "2026-03-01")]);
    await world.bring(model, c, [
      ...dated(flipped(signRows(40, 2)), "2026-02-01"),
      ...dated(signRows(30, 3), "2026-03-02"),
    ]);
    expect((await ask(c))?.score).toEqual({ batch: { right: 30, wrong: 0 }, others: { right: 60, wrong: 0 } });
    await world.bring(model, d, old);
    expect((await ask(d))?.leftOut).toBe("it was trained on rows as new as all of the batch's");
  });
});

describe("where it cannot be said what the champion makes of a batch, the answer says why", () => {
  test.each([
    ["its file is gone", async () => world.container("runs").deleteBlob(onnxOf(model, "1").path), /is gone/],
    ["its file is another", async () => world.putModel(model, "1", "poor"), /another file than the one that serves/],
    ["it fails on rows", async () => givenChampion("diverged"), /has diverged/],
    [
      "the batch is gone",
      async () => world.container("batches").deleteBlob(paths.batchHoldout(model, c)),
      /is not there/,
    ],
  ])("%s", async (_, harm, why) => {
    await givenChampion();
    await world.admit(model, a, signRows(200));
    await world.bring(model, c, signRows(50, 2));
    await harm();
    const said = await ask(c);
    expect(said).not.toHaveProperty("score");
    expect(said?.leftOut).toMatch(why);
  });

  test("there is no champion", async () => {
    await world.apply(signYaml());
    await world.bring(model, c, signRows(50, 2));
    expect(await ask(c)).toEqual({ leftOut: "there is no champion" });
  });

  test("what is known of others is passed over where it is of a schema that cannot be read", async () => {
    await givenChampion();
    await world.admit(
      model,
      a,
      signRows(200).map(([x = "", , side = ""]) => [x, "north", side]),
    );
    await world.put("batches", paths.batchHoldout(model, a), "x,region,side\n0.5,east,above\n");
    const held = await world.admit(model, b, signRows(100, 1));
    await world.bring(model, c, signRows(50, 2));
    expect((await ask(c))?.score?.others).toEqual({ right: held, wrong: 0 });
  });
});

test("errors of two parts are those of all their rows", () => {
  const losses = (errors: readonly number[]) => {
    const mean = errors.reduce((sum, one) => sum + one, 0) / errors.length;
    const variance = errors.reduce((sum, one) => sum + (one - mean) ** 2, 0) / errors.length;
    return { rows: errors.length, mean, variance };
  };
  const [one, other] = [
    [1, 2, 4],
    [8, 16],
  ] as const;
  const { rows, mean, variance } = losses([...one, ...other]);
  const joined = joinScores(losses(one), losses(other));
  expect(joined).toEqual({ rows, mean: expect.closeTo(mean, 9), variance: expect.closeTo(variance, 9) });
});

test("entries of the log that say nothing of a batch are read again, until they are many", async () => {
  await givenChampion();
  await world.admit(model, a, signRows(200));
  await world.bring(model, c, signRows(50, 2));
  await ask(c);
  const log = world.documents("batches").log(paths.admissionLog(model), admission);
  const quarantined = { kind: "quarantined", batch: d, at: "2026-11-23T09:00:00.000Z", file: "sign/d.csv" } as const;
  await log.append(quarantined);
  await ask(c);
  expect(await reference()).toMatchObject({ through: 1 });
  for (let index = 0; index < 100; index += 1) await log.append(quarantined);
  await ask(c);
  expect(await reference()).toMatchObject({ through: 102, batches: [a] });
});
