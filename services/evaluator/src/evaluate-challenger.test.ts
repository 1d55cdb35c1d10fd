import { readFile } from "node:fs/promises";
import { deployModel, modelJudged, paths, type Verdict, verdict } from "@ratchet/contracts";
import { UnreadableRowsError } from "@ratchet/formats/stored-rows";
import { TransientError, UngrantedError } from "@ratchet/messaging";
import { UnknownModelError } from "@ratchet/state";
import { sha256 } from "@ratchet/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { MissingModelError } from "./scoring/score-challenger.ts";
import { NoHoldoutError, readHoldoutEpoch, readJudgement } from "./stores.ts";
import { signRows, signYaml } from "./testing/sign.ts";
import { type EvaluatorWorld, fixture, openModel, startEvaluatorWorld } from "./testing/world.ts";

const [a, b] = ["a".repeat(16), "b".repeat(16)] as const;
const day = 86_400_000;

// What is judged is really scored, and a machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

let world: EvaluatorWorld;
beforeAll(async () => {
  world = await startEvaluatorWorld("apart");
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

/** A model `sign` with a champion of the one fixture, version 1, and a challenger of the other, version 2. */
async function given({
  champion,
  challenger,
  gate = "",
  rows = 1_000,
}: {
  readonly champion?: string;
  readonly challenger: string;
  readonly gate?: string;
  readonly rows?: number;
}): Promise<number> {
  await world.apply(signYaml(gate));
  const held = await world.admit("sign", a, signRows(rows));
  await world.putModel("sign", "2", challenger);
  if (champion) {
    await world.putModel("sign", "1", champion);
    await world.makeChampion("sign", "1", [a]);
  }
  return held;
}

/** A model's file that takes more than it may, of those that `scoring/fixtures/make.py` makes. */
const hostile = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../scoring/fixtures/${name}.onnx`, import.meta.url));

const judged = () => world.recorder.heard(modelJudged);
const deploys = () => world.recorder.heard(deployModel);
const record = (version = "2") => readJudgement(world.service, "sign", version);
/** A verdict that version 2 had before. */
const former = async (number: number) =>
  (await world.documents("verdicts").read(paths.formerVerdict("sign", "2", number), verdict))?.value;
const attempts = async () => (await readHoldoutEpoch(world.service, "sign"))?.attempts ?? [];

describe("a first challenger", () => {
  test("that meets the thresholds is promoted: verdict kept, said, and its deployment asked for", async () => {
    const held = await given({ challenger: "fair" });
    const found = await world.evaluate({});
    expect(found).toMatchObject({
      model: "sign",
      version: "2",
      champion: null,
      decision: "promote",
      comparison: { metric: "accuracy", champion: null, rows: held, method: "absolute" },
      holdout: { batches: [a], rows: held, attempt: 0, budget: 20 },
      signature: {
        inputs: [{ name: "features", datatype: "FP32", shape: [-1, 1] }],
        outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 2] }],
        classes: ["below", "above"],
        rows: { columns: [{ name: "x", type: "number", optional: false }], label: { name: "side" } },
      },
    } satisfies Partial<{ [Key in keyof Verdict]: unknown }>);
    expect(found.metrics["accuracy"]?.challenger).toBeCloseTo(0.9, 1);
    expect(judged()).toMatchObject([{ data: { decision: "promote", verdict: "sign/2.json" } }]);
    expect(deploys()).toMatchObject([{ data: { model: "sign", version: "2", cause: "verdict" } }]);
  });

  test("that misses a threshold is rejected, and nothing is deployed", async () => {
    await given({ challenger: "poor", gate: "  minEffect: 0" });
    await world.apply(signYaml().replace("min: 0.5", "min: 0.9"));
    expect(await world.evaluate({})).toMatchObject({
      decision: "reject",
      reasons: [expect.stringContaining("is below its threshold, at least 0.9") as string],
    });
    expect(deploys()).toEqual([]);
  });

  test("comes with golden predictions that the same model makes again", async () => {
    await given({ challenger: "good" });
    const { golden = expect.fail("no golden predictions") } = await world.evaluate({});
    expect(golden.rows).toHaveLength(5);
    const shape = { task: "classification", features: 1, classes: ["below", "above"] } as const;
    const model = await openModel(await fixture("good"), shape, { memory: 2 ** 30, time: 60_000 });
    const outputs = await model.run(Float32Array.from(golden.rows.flat(), Number), 5);
    expect([...outputs]).toEqual(golden.expected.flat());
    await model.release();
  });

  test("of the first held-out rows, however many more are read after them", async () => {
    expect(await given({ challenger: "good", rows: 2_500 })).toBeGreaterThan(1_024);
    const { golden } = await world.evaluate({});
    const [, ...lines] = (await world.textOf("batches", paths.batchHoldout("sign", a))).split("\n");
    const first = lines.slice(0, 5).map((line) => [Math.fround(Number(line.split(",")[0]))]);
    expect(golden?.rows).toEqual(first);
  });

  test("as many as the smoke test asks for, or as there are rows, each within a ten-thousandth", async () => {
    const held = await given({ challenger: "probabilities", rows: 6 });
    expect(held).toBeLessThan(5);
    const { golden } = await world.evaluate({});
    expect(golden?.rows).toHaveLength(held);
    // No probability is above 1: the tolerance is that of 1.
    expect(golden?.tolerance).toBe(0.0001);
    await world.putModel("sign", "3", "good");
    const { golden: ofLogits } = await world.evaluate({ version: "3" });
    const largest = Math.max(...(ofLogits?.expected.flat() ?? []).map(Math.abs));
    expect(largest).toBeGreaterThan(1);
    expect(ofLogits?.tolerance).toBe(0.0001 * largest);
  });
});

describe("a challenger of a champion", () => {
  test("is promoted where it is better on the same rows", async () => {
    const held = await given({ champion: "fair", challenger: "good" });
    const found = await world.evaluate({});
    expect(found).toMatchObject({ decision: "promote", champion: "1", holdout: { attempt: 1 } });
    expect(found.comparison).toMatchObject({ challenger: 1, rows: held, method: "mcnemar-exact", alpha: 0.0025 });
    expect(found.comparison?.champion).toBeCloseTo(0.9, 1);
    expect(found.comparison?.lowerBound).toBeGreaterThan(0.03);
  });

  test("is rejected where it is worse", async () => {
    await given({ champion: "fair", challenger: "poor" });
    expect(await world.evaluate({})).toMatchObject({ decision: "reject", champion: "1" });
    expect(deploys()).toEqual([]);
  });

  test("is held where the rows cannot tell", async () => {
    await given({ champion: "fair", challenger: "good", rows: 40 });
    expect(await world.evaluate({})).toMatchObject({ decision: "hold", comparison: { method: "mcnemar-exact" } });
  });

  test("is judged the same by its probabilities as by its logits", async () => {
    await given({ champion: "fair", challenger: "good" });
    const logits = await world.evaluate({ version: "2" });
    await world.putModel("sign", "3", "probabilities");
    const probabilities = await world.evaluate({ version: "3" });
    expect(probabilities.metrics["log-loss"]?.challenger).toBeCloseTo(logits.metrics["log-loss"]?.challenger ?? -1, 5);
    expect(probabilities.metrics["accuracy"]).toEqual(logits.metrics["accuracy"]);
  });

  test("has to keep the guardrails", async () => {
    await given({ champion: "fair", challenger: "unsure", gate: "  guardrails: [{ metric: log-loss, margin: 0.05 }]" });
    expect(await world.evaluate({})).toMatchObject({
      decision: "reject",
      reasons: [
        expect.stringMatching(/^guardrail log-loss \(probabilities below 0\.01 count as 0\.01\) 0\.688/) as string,
        expect.any(String) as string,
      ],
      guardrails: [{ metric: "log-loss", held: false, margin: 0.05 }],
    });
  });

  test("is compared slice by slice", async () => {
    await given({ champion: "fair", challenger: "good", gate: "  slices: [{ column: region, minRows: 100 }]" });
    const { slices } = await world.evaluate({});
    expect(slices).toMatchObject([
      { column: "region", value: "north", binding: true, held: true },
      { column: "region", value: "south", binding: true, held: true },
    ]);
    expect((slices[0]?.rows ?? 0) > (slices[1]?.rows ?? 0)).toBe(true);
  });

  test("of a regression is compared by its errors", async () => {
    await world.apply(`
model: slope
task: regression
data: { label: y, holdout: 0.5, schema: [{ name: x, type: number }, { name: y, type: number }] }
training: { code: ./training, command: python train.py, environment: "python:3.12", compute: cpu-cluster }
gate: { metric: rmse, thresholds: { rmse: { max: 5 } }, guardrails: [{ metric: mae, margin: 0.1 }] }
deploy: { app: inference-slope }
`);
    const rows = Array.from({ length: 300 }, (_, x) => [String(x / 100), String((2 * x) / 100 + (x % 3) / 10)]);
    await world.admit("slope", a, rows);
    await world.putModel("slope", "1", "slope-1");
    await world.putModel("slope", "2", "slope-2");
    await world.makeChampion("slope", "1", [a]);
    const found = await world.evaluate({ model: "slope" });
    expect(found).toMatchObject({ decision: "promote", guardrails: [{ metric: "mae", held: true }] });
    expect(found.metrics["r2"]?.challenger).toBeGreaterThan(0.99);
    expect(found.signature).not.toHaveProperty("classes");
  });

  test("is held where its run did not vote and the gate asks for its vote", async () => {
    await given({ champion: "fair", challenger: "good", gate: "  triggerFile: required" });
    expect(await world.evaluate({ votedToDeploy: false }, "first")).toMatchObject({
      decision: "hold",
      holdout: { attempt: 0 },
    });
    expect(await attempts()).toEqual([]);
    expect(await world.evaluate({ votedToDeploy: true }, "second")).toMatchObject({ decision: "promote" });
  });
});

describe("a champion that cannot be scored", () => {
  test.each<[string, string | undefined, RegExp]>([
    ["is gone", undefined, /cannot be scored on the holdout: runs\/sign-1\/model\/model\.onnx is gone/],
    [
      "takes other features",
      "wide",
      /cannot be scored .* takes features float32 \[batch, 3\].*must take one float tensor \[N, 1\]/,
    ],
    ["gives no numbers", "diverged", /cannot be scored .* its training has diverged/],
  ])("because it %s holds the challenger and spends nothing", async (_, fixtureName, reason) => {
    await given({ challenger: "good" });
    if (fixtureName) await world.putModel("sign", "1", fixtureName);
    await world.makeChampion("sign", "1", [a]);
    expect(await world.evaluate({})).toMatchObject({
      decision: "hold",
      reasons: [expect.stringMatching(reason) as string],
      holdout: { attempt: 0 },
    });
    expect(await attempts()).toEqual([]);
  });
});

describe("a challenger that cannot be scored", () => {
  test.each<[string, RegExp]>([
    [
      "wide",
      /^the challenger cannot be scored: runs\/sign-2\/model\/model\.onnx: it takes features float32 \[batch, 3\] .*must take one float tensor \[N, 1\].*`scores` \[N, 2\]/,
    ],
    ["diverged", /^the challenger cannot be scored: runs\/sign-2\/model\/model\.onnx: .*its training has diverged/],
  ])("(%s) is rejected with what is wrong, and nothing is spent", async (name, reason) => {
    await given({ champion: "fair", challenger: name });
    const found = await world.evaluate({});
    expect(found).toMatchObject({
      decision: "reject",
      champion: "1",
      reasons: [expect.stringMatching(reason) as string],
      onnx: { sha256: sha256(await fixture(name)) },
      holdout: { batches: [a], rows: 0, attempt: 0 },
      metrics: {},
    });
    for (const none of ["comparison", "signature", "golden"]) expect(found).not.toHaveProperty(none);
    expect(judged()).toMatchObject([
      {
        data: {
          decision: "reject",
          reasons: found.reasons,
          comparison: { metric: "accuracy", challenger: 0, champion: null, rows: 0, method: "not-scored" },
          verdict: "sign/2.json",
        },
      },
    ]);
    expect(world.recorder.said).toHaveLength(1);
    expect(await attempts()).toEqual([]);
    expect(await record()).toMatchObject({ state: "said", said: found.cause });
    expect(await record()).not.toHaveProperty("weighed");
  });

  test("is rejected where its file is no model", async () => {
    await given({ challenger: "good" });
    await world.put("runs", "sign-2/model/model.onnx", "no onnx");
    expect(await world.evaluate({})).toMatchObject({
      decision: "reject",
      reasons: [expect.stringContaining("no ONNX model") as string],
    });
  });

  test("is rejected where it never comes to an end, whatever else is judged meanwhile; nobody waits for it for ever", async () => {
    await given({ champion: "fair", challenger: "good", gate: "  scoring: { time: 2s }" });
    await world.put("runs", "sign-2/model/model.onnx", await hostile("endless"));
    const found = await world.evaluate({});
    expect(found).toMatchObject({
      decision: "reject",
      reasons: [expect.stringMatching(/longer than 2 s to be scored: .*gate\.scoring\.time/) as string],
    });
    expect(await attempts()).toEqual([]);
    await world.apply(signYaml());
    await world.putModel("sign", "3", "good");
    expect(await world.evaluate({ version: "3" }, "another")).toMatchObject({ decision: "promote" });
  });

  test("is held where it is the champion that takes more than it may: an operator is to look", async () => {
    await given({ champion: "fair", challenger: "good", gate: "  scoring: { time: 2s }" });
    await world.put("runs", "sign-1/model/model.onnx", await hostile("endless"));
    await world.makeChampion("sign", "1", [a]);
    expect(await world.evaluate({})).toMatchObject({
      decision: "hold",
      heldFor: ["champion"],
      reasons: [expect.stringMatching(/longer than 2 s to be scored/) as string],
    });
  });

  test("leaves no process behind where that of the champion cannot begin: it is tried again", async () => {
    await given({ champion: "fair", challenger: "good" });
    let [opened, released] = [0, 0];
    const openOnce: typeof openModel = async (...given) => {
      if (opened === 1) throw new TransientError("no process to score with");
      opened += 1;
      const model = await openModel(...given);
      return {
        ...model,
        async release() {
          released += 1;
          await model.release();
        },
      };
    };
    const evaluator = { ...world.evaluator, openModel: openOnce };
    await expect(world.deliver(world.command({}), new Date(), evaluator)).rejects.toThrow("no process to score with");
    expect([opened, released]).toEqual([1, 1]);
  });

  test("where it gives class indices and the gate needs probabilities, can be judged by another gate", async () => {
    await given({ challenger: "labels", gate: "  guardrails: [{ metric: log-loss, margin: 0.05 }]" });
    const rejected = await world.evaluate({}, "first");
    expect(rejected).toMatchObject({
      decision: "reject",
      reasons: [expect.stringMatching(/class indices only, and the gate needs log-loss.*scores \[N, 2\]/) as string],
    });
    await world.apply(signYaml());
    expect(await world.evaluate({}, "second")).toMatchObject({
      decision: "promote",
      signature: { outputs: [{ datatype: "INT64" }] },
    });
    expect(await former(1)).toEqual(rejected);
  });

  test("is rejected once, however often the same is asked", async () => {
    await given({ challenger: "diverged" });
    const first = await world.evaluate({}, "first");
    expect(await world.evaluate({}, "second")).toEqual(first);
    expect(judged()).toHaveLength(1);
  });
});

describe("a challenger that cannot be judged for now", () => {
  test("fails where its model is unknown, no data admitted, or its file missing", async () => {
    await expect(world.evaluate({})).rejects.toThrow(UnknownModelError);
    await world.apply(signYaml());
    await expect(world.evaluate({})).rejects.toThrow(NoHoldoutError);
    await world.admit("sign", a, signRows(100));
    await expect(world.evaluate({})).rejects.toThrow(MissingModelError);
  });

  test("fails where its file is in a container that is not there, or not the evaluator's to read", async () => {
    await given({ challenger: "good" });
    const at = (container: string, version: string) =>
      world.evaluate({ version, onnx: { container, path: "sign-2/model.onnx" } });
    await expect(at("nowhere", "3")).rejects.toThrow(MissingModelError);
    await expect(at("drops", "4")).rejects.toThrow(UngrantedError);
  });

  test("fails where a held-out row has what single precision cannot hold: that is not the model's fault", async () => {
    await given({ challenger: "good" });
    await world.admit("sign", b, signRows(100, 1));
    await world.put("batches", `sign/${b}/holdout.csv`, "x,region,side\n1e39,north,above\n");
    const refusal = await world.evaluate({ trainedOn: [a, b] }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnreadableRowsError);
    expect(String(refusal)).toMatch(/batch b+, line 2, column x: "1e39" is more than a model's numbers can hold/);
  });

  test("fails where the schema no longer fits the held-out rows, naming batch, line and column", async () => {
    await given({ challenger: "good" });
    await world.apply(signYaml().replace("{ name: x, type: number }", "{ name: x, type: number, max: 0.5 }"));
    const refusal = await world.evaluate({}).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnreadableRowsError);
    expect(String(refusal)).toMatch(/batch a+, line \d+, column x: 0\.\d+ is greater than 0\.5/);
    await world.apply(signYaml().replace("name: x,", "name: z,"));
    await expect(world.evaluate({})).rejects.toThrow(/has no column z/);
  });

  test("is judged on the same rows where the schema has changed and the rows can be read through that", async () => {
    await given({ challenger: "good" });
    const { holdout } = await world.evaluate({});
    const rows = "    - { name: x, type: number }\n";
    const region = "    - { name: region, type: category, values: [north, south], feature: false }\n";
    const changed = signYaml()
      .replace(rows + region, region.replace("[north, south]", "[west, south, north]") + rows)
      .replace("name: x,", "name: deviation, was: [x],")
      .replace("  schema:", '  schema:\n    - { name: source, type: text, feature: false, default: "a sensor" }');
    await world.apply(changed);
    const after = await world.evaluate({}, "after the change");
    expect(after.holdout.rows).toBe(holdout.rows);
    expect(after.holdout.digest).toBe(holdout.digest);
  });
});

describe("the rows that judge", () => {
  test("count once, however often they were exported: repeated exports are no fresh evidence", async () => {
    await given({ challenger: "good" });
    const { holdout } = await world.evaluate({});
    const batches = ["1", "2", "3", "4", "5"].map((digit) => digit.repeat(16));
    for (const batch of batches) await world.admit("sign", batch, signRows(1_000));
    await world.putModel("sign", "3", "good");
    const again = await world.evaluate({ version: "3", trainedOn: [a, ...batches] }, "with repeated exports");
    expect(again.holdout.rows).toBe(holdout.rows);
  });

  test("are all that are held out, whatever the challenger was trained on: none of them has trained it", async () => {
    const held = await given({ champion: "fair", challenger: "good" });
    const more = await world.admit("sign", b, signRows(500, 1));
    const rows = { batches: [a, b], through: 2, rows: held + more };
    expect((await world.evaluate({ trainedOn: [a] })).holdout).toMatchObject(rows);
    await world.putModel("sign", "3", "good");
    expect((await world.evaluate({ version: "3", trainedOn: [] }, "another")).holdout).toMatchObject(rows);
  });

  test("are not known where it is not there what a run trained the challenger on", async () => {
    await given({ champion: "fair", challenger: "good" });
    const dataset = await world.describeData("sign", [a]);
    expect(await world.evaluate({ dataset, trainedOn: [] })).toMatchObject({ dataset, holdout: { batches: [a] } });
    await world.container("datasets").deleteBlob(paths.dataset("sign", dataset.digest));
    await expect(world.evaluate({ version: "3", dataset, trainedOn: [] }, "another")).rejects.toThrow(
      /datasets\/sign\/[0-9a-f]{64}\.json is not there/,
    );
  });

  test("need the manifest of a batch only where the log is from before it said how many rows there are", async () => {
    await given({ challenger: "good" });
    await world.container("batches").deleteBlob(paths.batchManifest("sign", a));
    await world.evaluate({});
    await world.admit("sign", b, signRows(100, 1), 0.5, new Date(0), false);
    expect((await world.evaluate({ version: "2" }, "again")).holdout.batches).toEqual([a, b]);
    await world.container("batches").deleteBlob(paths.batchManifest("sign", b));
    await expect(world.evaluate({ version: "3" }, "another")).rejects.toThrow(/b+\/manifest\.json is not there/);
  });

  test("leave out rows that a smaller share of another batch would have let train", async () => {
    await given({ champion: "fair", challenger: "good" });
    // The same rows again, under a smaller share: half of what is held out of a, has trained by b.
    const [, , ...same] = signRows(1_000);
    const held = await world.admit("sign", b, same, 0.25);
    const { holdout } = await world.evaluate({ trainedOn: [a, b] });
    const onlyInA = signRows(1_000).length - same.length;
    expect(holdout).toMatchObject({ batches: [a] });
    expect(holdout.rows).toBeLessThanOrEqual(held + onlyInA);
    expect(holdout.rows).toBeGreaterThanOrEqual(held);
  });
});

describe("a question asked again", () => {
  test("by the same command gets the same verdict and is said once, even after the champion has moved", async () => {
    await given({ champion: "fair", challenger: "good" });
    const first = await world.evaluate({}, "one command");
    await world.makeChampion("sign", "2", [a]);
    expect(await world.evaluate({}, "one command")).toEqual(first);
    expect(world.recorder.said).toHaveLength(2);
  });

  test("by another command gets the verdict that stands, spends nothing, and nobody is told twice", async () => {
    await given({ champion: "fair", challenger: "good" });
    const first = await world.evaluate({}, "one command");
    expect(await world.evaluate({}, "another command")).toEqual(first);
    expect(await attempts()).toHaveLength(1);
    expect(judged()).toHaveLength(1);
    expect(deploys()).toHaveLength(1);
    for (const message of [...judged(), ...deploys()]) expect(world.recorder.timesSaid(message)).toBe(1);
    expect(await world.pathsOf("verdicts", "sign/former/")).toEqual([]);
  });

  test("after the process ended before it could speak is one attempt with one outcome", async () => {
    await given({ champion: "fair", challenger: "good" });
    world.recorder.breath = 0;
    await expect(world.evaluate({})).rejects.toThrow("the process ends here");
    world.recorder.breath = Number.POSITIVE_INFINITY;
    expect(await world.evaluate({})).toMatchObject({ decision: "promote", holdout: { attempt: 1 } });
    expect(await attempts()).toHaveLength(1);
    expect(world.recorder.said).toHaveLength(2);
  });

  test("when the champion's file serves under another version is answered for that one, and spends nothing", async () => {
    await given({ champion: "fair", challenger: "good" });
    const first = await world.evaluate({}, "first");
    await world.putModel("sign", "0", "fair");
    await world.makeChampion("sign", "0", [a]);
    expect(await world.evaluate({}, "second")).toMatchObject({
      champion: "0",
      key: first.key,
      comparison: first.comparison,
      holdout: { attempt: 1 },
    });
    expect(await attempts()).toHaveLength(1);
    expect(judged().map(({ data }) => data.champion)).toEqual(["1", "0"]);
  });

  test("under another gate is another question", async () => {
    await given({ champion: "fair", challenger: "good" });
    await world.evaluate({}, "first");
    await world.apply(signYaml("  minEffect: 0.3"));
    expect(await world.evaluate({}, "second")).toMatchObject({ decision: "hold", holdout: { attempt: 2 } });
  });
});

describe("the holdout's budget", () => {
  test("once spent holds every challenger, until new data judges by its own rows", async () => {
    await given({ champion: "fair", challenger: "poor", gate: "  reuseBudget: 1" });
    expect(await world.evaluate({}, "first")).toMatchObject({ decision: "reject", holdout: { attempt: 1, budget: 1 } });
    await world.putModel("sign", "3", "good");
    expect(await world.evaluate({ version: "3" }, "second")).toMatchObject({
      decision: "hold",
      reasons: [expect.stringContaining("has judged 1 challengers and may judge no more than 1") as string],
      comparison: { lowerBound: null, improvement: expect.closeTo(0.1, 1) as number },
    });
    const fresh = await world.admit("sign", b, signRows(800, 3));
    expect(await world.evaluate({ version: "3", trainedOn: [a, b] }, "third")).toMatchObject({
      decision: "promote",
      holdout: { batches: [b], rows: fresh, attempt: 1 },
    });
  });

  test("still answers the comparison that spent the last of it", async () => {
    await given({ champion: "fair", challenger: "good", gate: "  reuseBudget: 1" });
    world.recorder.breath = 0;
    await world.evaluate({}).catch(() => undefined);
    world.recorder.breath = Number.POSITIVE_INFINITY;
    await world.container("verdicts").deleteBlob("sign/2.json");
    expect(await world.evaluate({})).toMatchObject({ decision: "promote", holdout: { attempt: 1 } });
  });

  test("ends with the holdout's age", async () => {
    await given({ champion: "fair", challenger: "poor", gate: "  holdoutMaxAge: 1d" });
    await world.evaluate({}, "first", new Date(10 * day));
    await world.putModel("sign", "3", "good");
    expect(await world.evaluate({ version: "3" }, "second", new Date(12 * day))).toMatchObject({
      decision: "hold",
      reasons: [expect.stringContaining("the holdout is 2 days old and may judge for 1 day") as string],
    });
  });
});
