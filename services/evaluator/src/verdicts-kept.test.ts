import { deployModel, modelJudged, paths, processStuck, type Verdict, verdict } from "@ratchet/contracts";
import { sha256 } from "@ratchet/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { VersionTakenError } from "./judgement/version-taken.ts";
import { MissingModelError } from "./scoring/score-challenger.ts";
import { a, b, c, givenSign } from "./testing/given-sign.ts";
import { signRows, signYaml } from "./testing/sign.ts";
import { type EvaluatorWorld, fixture, onnxOf, startEvaluatorWorld } from "./testing/world.ts";

const at = (minutes: number) => new Date(Date.parse("2026-11-23T09:00:00Z") + minutes * 60_000);

// What is judged is really scored, and a machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

let world: EvaluatorWorld;
beforeAll(async () => {
  world = await startEvaluatorWorld();
});
beforeEach(() => givenSign(world, { champion: "fair", challenger: "good", rows: 250, admittedAt: at(-60) }).then());
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const kept = async (version = "2") => world.textOf("verdicts", paths.verdict("sign", version));
const former = () => world.pathsOf("verdicts", "sign/former/");
const elsewhere = { container: "runs", path: "databricks/2/model.onnx" };

describe("the evidence by which a champion was promoted", () => {
  test("stays when it is asked about again, by the same command or another, and nobody is told anything new", async () => {
    await world.evaluate({}, "first", at(0));
    await world.makeChampion("sign", "2", [a], at(1));
    const before = await kept();
    const said = world.recorder.said.length;
    for (const cause of ["first", "another", "one more"]) await world.evaluate({}, cause, at(2));
    expect(await kept()).toBe(before);
    expect(await former()).toEqual([]);
    expect(world.recorder.said).toHaveLength(said);
    expect(JSON.parse(before)).toMatchObject({ decision: "promote", comparison: { method: "mcnemar-exact" } });
    expect(await world.judgement()).toMatchObject({ state: "said", said: (await world.verdict())?.cause });
  });

  test("stays when rows were admitted and the gate is another since", async () => {
    await world.evaluate({}, "first", at(0));
    await world.makeChampion("sign", "2", [a], at(1));
    const before = await kept();
    await world.admit("sign", b, signRows(250, 1), 0.5, at(2));
    await world.apply(signYaml("  minEffect: 0.3"));
    await world.evaluate({ trainedOn: [a, b] }, "another", at(3));
    expect(await kept()).toBe(before);
  });

  test("is said where that was left undone before it became champion, by its own ids, whoever asks", async () => {
    const message = world.command({}, "first");
    world.recorder.breath = 0;
    await expect(world.deliver(message, at(0))).rejects.toThrow("the process ends here");
    world.recorder.forget();
    await world.makeChampion("sign", "2", [a], at(1));
    await world.evaluate({}, "another", at(2));
    expect(world.recorder.heard(modelJudged)).toMatchObject([{ causationid: message.id }]);
    expect(await world.judgement()).toMatchObject({ state: "said", said: message.id });
    expect(await former()).toEqual([]);
  });

  test("is made where there is none: a champion from before the first verdict gets one, and is not deployed for it", async () => {
    await world.makeChampion("sign", "2", [a], at(-1));
    expect(await world.evaluate({}, "first", at(0))).toMatchObject({ decision: "hold", heldFor: ["promoted"] });
    expect(await world.judgement()).toMatchObject({ state: "said" });
    expect(world.recorder.heard(deployModel)).toEqual([]);
  });
});

describe("another file under a version that was judged", () => {
  /** Asks about version 2 with another file, and expects to be refused with both digests. */
  async function expectRefused(data: Parameters<EvaluatorWorld["evaluate"]>[0], fixtureName: string): Promise<void> {
    const before = [await kept(), await world.judgement()];
    const said = world.recorder.said.length;
    const refusal = await world.evaluate(data, "another", at(2)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(VersionTakenError);
    expect(String(refusal)).toContain(`runs/sign-2/model/model.onnx with the digest ${sha256(await fixture("good"))}`);
    expect(String(refusal)).toContain(`has ${sha256(await fixture(fixtureName))}`);
    expect(String(refusal)).toContain("register the other as a version of its own");
    expect([await kept(), await world.judgement()]).toEqual(before);
    expect(await former()).toEqual([]);
    expect(world.recorder.said).toHaveLength(said);
  }

  test("somewhere else is refused as what it is, while the first is a challenger, and when it is the champion", async () => {
    await world.evaluate({}, "first", at(0));
    await world.put("runs", elsewhere.path, await fixture("poor"));
    await expectRefused({ onnx: elsewhere }, "poor");
    await world.makeChampion("sign", "2", [a], at(1));
    await expectRefused({ onnx: elsewhere }, "poor");
  });

  test("in the place of the first is refused", async () => {
    await world.evaluate({}, "first", at(0));
    await world.putModel("sign", "2", "unsure");
    await expectRefused({}, "unsure");
  });

  test("that is not there is missing, and that is not the first one's failure", async () => {
    const first = await world.evaluate({}, "first", at(0));
    await expect(world.evaluate({ onnx: elsewhere }, "another", at(2))).rejects.toThrow(MissingModelError);
    expect(await world.verdict()).toEqual(first);
    expect(await world.judgement()).toMatchObject({ state: "said" });
    expect(await world.judgement()).not.toHaveProperty("failure");
    expect(world.recorder.heard(processStuck)).toEqual([]);
  });

  test("of the same content is the same model, wherever it is", async () => {
    const first = await world.evaluate({}, "first", at(0));
    await world.put("runs", elsewhere.path, await fixture("good"));
    expect(await world.evaluate({ onnx: elsewhere }, "another", at(2))).toEqual(first);
    expect(world.recorder.heard(modelJudged)).toHaveLength(1);
  });

  test("that took the place of the first while it was held fails when it is judged again, and the verdict stays", async () => {
    await world.apply(signYaml("  cooldown: 1h"));
    await world.makeChampion("sign", "1", [a], at(-30));
    await world.evaluate({}, "first", at(0));
    const before = await kept();
    await world.putModel("sign", "2", "poor");
    const [message] = await world.sweep(at(30));
    const delivered = world.deliver(message ?? expect.fail("it was not asked again"), at(30));
    await expect(delivered).rejects.toThrow(VersionTakenError);
    expect(await kept()).toBe(before);
    expect(world.recorder.heard(processStuck)).toMatchObject([
      { data: { about: "2", reason: expect.stringContaining("stands for") as string } },
    ]);
    expect(await world.sweep(at(60))).toEqual([]);
    await world.putModel("sign", "2", "good");
    const [again] = await world.sweep(at(90));
    expect(again?.data.again).toMatchObject({ because: "file" });
    await world.deliver(again ?? expect.fail("it was not asked again"), at(90));
    expect(await world.verdict()).toMatchObject({ decision: "promote" });
  });
});

describe("another file under a version that is to be judged", () => {
  test("is refused: who was asked about first has the number", async () => {
    const first = world.command({}, "first");
    world.recorder.breath = 0;
    await world.container("batches").deleteBlob(paths.batchHoldout("sign", a));
    await expect(world.deliver(first, at(0))).rejects.toThrow();
    world.recorder.breath = Number.POSITIVE_INFINITY;
    await world.put("runs", elsewhere.path, await fixture("poor"));
    await expect(world.evaluate({ onnx: elsewhere }, "another", at(1))).rejects.toThrow(VersionTakenError);
    expect(await world.judgement()).toMatchObject({ asked: { command: first.id } });
  });

  test("is judged where the first was never there", async () => {
    await world.container("runs").deleteBlob(onnxOf("sign", "2").path);
    await expect(world.evaluate({}, "first", at(0))).rejects.toThrow(MissingModelError);
    await world.put("runs", elsewhere.path, await fixture("good"));
    expect(await world.evaluate({ onnx: elsewhere }, "another", at(1))).toMatchObject({
      decision: "promote",
      onnx: { path: elsewhere.path },
    });
  });
});

describe("the verdicts that a version had before", () => {
  test("are kept beside the newest, in their order, each once", async () => {
    const made: Verdict[] = [];
    for (const [index, minEffect] of ["0.5", "0.4", "0.3", "0"].entries()) {
      await world.apply(signYaml(`  minEffect: ${minEffect}`));
      made.push(await world.evaluate({}, `command ${index}`, at(index)));
      await world.evaluate({}, `command ${index}`, at(index));
    }
    expect(made.map(({ decision, holdout }) => [decision, holdout.attempt])).toEqual([
      ["hold", 1],
      ["hold", 2],
      ["hold", 3],
      ["promote", 4],
    ]);
    expect(await former()).toEqual([1, 2, 3].map((number) => paths.formerVerdict("sign", "2", number)));
    for (const [index, one] of made.slice(0, 3).entries()) {
      const path = paths.formerVerdict("sign", "2", index + 1);
      expect((await world.documents("verdicts").read(path, verdict))?.value).toEqual(one);
    }
    expect(await world.verdict()).toEqual(made[3]);
  });

  test("are found again where one was kept before there were records: it is said by its own cause, and stands", async () => {
    const first = await world.evaluate({}, "first", at(0));
    await world.container("verdicts").deleteBlob(paths.judgement("sign", "2"));
    const { key: _, heldFor: __, ...old } = first;
    await world.put("verdicts", paths.verdict("sign", "2"), JSON.stringify(old));
    world.recorder.forget();
    expect(await world.evaluate({}, "another", at(1))).toEqual(old);
    expect(world.recorder.heard(modelJudged)).toMatchObject([{ causationid: first.cause }]);
    expect(await former()).toEqual([]);
  });

  test("do not hold up a batch that was admitted since: it judges, too", async () => {
    await world.apply(signYaml("  minEffect: 0.5"));
    await world.evaluate({}, "first", at(0));
    await world.admit("sign", b, signRows(250, 1), 0.5, at(1));
    await world.admit("sign", c, signRows(250, 2), 0.5, at(9));
    expect((await world.evaluate({}, "second", at(5))).holdout.batches).toEqual([a, b]);
    expect(await former()).toHaveLength(1);
  });
});
