import {
  deployModel,
  type EvaluateModel,
  evaluateModel,
  modelJudged,
  processStuck,
  type Verdict,
} from "@ratchet/contracts";
import { UnreadableRowsError } from "@ratchet/formats/stored-rows";
import { isTransient } from "@ratchet/messaging";
import { betweenEffects, createInstance, forEveryEffect, type Instance } from "@ratchet/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Evaluator } from "./evaluator.ts";
import { MissingModelError } from "./scoring/score-challenger.ts";
import { readHoldoutEpoch } from "./stores.ts";
import { a, b, type GivenSign, givenSign } from "./testing/given-sign.ts";
import { signRows, signYaml } from "./testing/sign.ts";
import { type EvaluatorWorld, startEvaluatorWorld } from "./testing/world.ts";

const at = (minutes: number) => new Date(Date.parse("2026-11-23T09:00:00Z") + minutes * 60_000);

// Everything is played anew for every effect that a judgement has.
vi.setConfig({ testTimeout: 300_000 });

let world: EvaluatorWorld;
beforeAll(async () => {
  world = await startEvaluatorWorld();
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const attempts = async () => (await readHoldoutEpoch(world.service, "sign"))?.attempts ?? [];
const judged = () => world.recorder.heard(modelJudged);
const deploys = () => world.recorder.heard(deployModel);
/** Few rows: the exact test compares them, and quickly. 12 rows tell the good model from the fair one. */
const better: GivenSign = { champion: "fair", challenger: "good", rows: 250, admittedAt: at(-60) };

/** Delivers a message to a process; what it fails with for now is not the message's end. */
const deliverTo = (instance: Instance, message: EvaluateModel, now: Date) =>
  instance.run(async () => {
    await world.deliver(message, now, world.evaluatorIn(instance)).catch((error: unknown) => {
      if (!isTransient(error)) throw error;
    });
  });

/** Sweeps at these minutes, and delivers what is asked for. */
async function sweepAt(...minutes: readonly number[]): Promise<void> {
  for (const minute of minutes)
    for (const message of await world.sweep(at(minute))) await world.deliver(message, at(minute));
}

/** Promoted once, told once by the ids that follow from the first command, and paid for once. */
async function expectPromotedOnce(message: EvaluateModel): Promise<void> {
  const found = await world.verdict();
  expect(found).toMatchObject({ decision: "promote", cause: message.id, holdout: { attempt: 1 } });
  expect(await attempts()).toMatchObject([{ attempt: 1, version: "2", key: found?.key }]);
  expect(judged()).toMatchObject([{ causationid: message.id, data: { version: "2", decision: "promote" } }]);
  expect(deploys()).toMatchObject([{ causationid: message.id, data: { version: "2", cause: "verdict" } }]);
  expect(await world.judgement()).toMatchObject({ state: "said", said: message.id, weighed: { key: found?.key } });
  expect(await world.pathsOf("verdicts", "sign/former/")).toEqual([]);
}

describe("a judgement", () => {
  test("is written down before it is made, paid for before it is kept, kept before it is said, and said to be so last", async () => {
    await givenSign(world, better);
    const instance = createInstance();
    await deliverTo(instance, world.command({}), at(0));
    expect(instance.effects).toEqual([
      "write verdicts/_open/judgements/sign/2",
      "write verdicts/sign/judgements/2.json",
      expect.stringMatching(/^write indexes\/sign\/[0-9a-f]{16}\/a{16}\/0$/),
      "write verdicts/sign/holdout.json",
      "write verdicts/sign/judgements/2.json",
      "write verdicts/sign/2.json",
      "write verdicts/sign/judgements/2.json",
      "write verdicts/sign/reports/2.html",
      "publish ratchet.model.judged.v1",
      "send ratchet.deploy-model.v1",
      "write verdicts/sign/judgements/2.json",
    ]);
  });

  test("that ended after any of its effects is delivered again and ends the same", async () => {
    const count = await forEveryEffect(async (instance) => {
      await world.reset();
      await givenSign(world, better);
      const message = world.command({});
      await deliverTo(instance, message, at(0));
      await world.deliver(message, at(3));
      await world.deliver(message, at(4));
      await expectPromotedOnce(message);
    });
    expect(count).toBe(11);
  });

  test("that ended after any of its effects, its message lost, is swept and ends the same", {
    timeout: 240_000,
  }, async () => {
    const count = await forEveryEffect(async (instance) => {
      await world.reset();
      await givenSign(world, better);
      const message = world.command({});
      await deliverTo(instance, message, at(0));
      await sweepAt(1, 10, 11);
      // Before it was written down there was nothing but the message.
      const { effects, fated } = instance;
      if (fated && effects.length <= 2 && !(await world.judgement())) expect(judged()).toEqual([]);
      else await expectPromotedOnce(message);
    });
    expect(count).toBe(11);
  });

  test("is not made twice where somebody else makes it at the same time", async () => {
    await betweenEffects(async (instance) => {
      await world.reset();
      await givenSign(world, better);
      const message = world.command({});
      instance.meanwhile = () => world.deliver(message, at(1));
      await deliverTo(instance, message, at(0));
      await world.deliver(message, at(2));
      await expectPromotedOnce(message);
    });
  });

  test("that two commands ask for at the same time is one verdict, which is the one that is said", async () => {
    await betweenEffects(async (instance) => {
      await world.reset();
      await givenSign(world, better);
      const messages = [world.command({}, "one"), world.command({}, "two")] as const;
      instance.meanwhile = () => world.deliver(messages[1], at(1));
      await deliverTo(instance, messages[0], at(0));
      for (const message of messages) await world.deliver(message, at(2));
      const found = await world.verdict();
      expect(judged().map(({ causationid }) => causationid)).toEqual([found?.cause]);
      expect(deploys()).toHaveLength(1);
      expect(await world.judgement()).toMatchObject({ state: "said", said: found?.cause });
      expect(await attempts()).toHaveLength(1);
      expect(await world.pathsOf("verdicts", "sign/former/")).toEqual([]);
    });
  });

  test("is another attempt than that of another version made at the same time", async () => {
    await betweenEffects(async (instance) => {
      await world.reset();
      await givenSign(world, better);
      await world.putModel("sign", "3", "probabilities");
      const messages = [world.command({}), world.command({ version: "3" })] as const;
      instance.meanwhile = () => world.deliver(messages[1], at(1));
      await deliverTo(instance, messages[0], at(0));
      for (const message of messages) await world.deliver(message, at(2));
      const found = [await world.verdict("2"), await world.verdict("3")];
      expect(found.map((one) => one?.decision)).toEqual(["promote", "promote"]);
      expect((await attempts()).map(({ attempt }) => attempt)).toEqual([1, 2]);
      expect(found.map((one) => one?.holdout.attempt).sort()).toEqual([1, 2]);
      expect(
        judged()
          .map(({ data }) => data.version)
          .sort(),
      ).toEqual(["2", "3"]);
      expect(deploys()).toHaveLength(2);
    });
  });

  test("is by the champion that there is: another one meanwhile is another comparison", {
    timeout: 240_000,
  }, async () => {
    await betweenEffects(async (instance) => {
      await world.reset();
      await givenSign(world, better);
      await world.putModel("sign", "0", "poor");
      const message = world.command({});
      instance.meanwhile = () => world.makeChampion("sign", "0", [a], at(-1));
      await deliverTo(instance, message, at(0));
      await world.deliver(message, at(2));
      // One verdict, by one of the two, and the holdout used for it once.
      const found = await world.verdict();
      expect(["0", "1"]).toContain(found?.champion);
      expect(found).toMatchObject({ decision: "promote", cause: message.id });
      expect((await attempts()).filter(({ key }) => key === found?.key)).toHaveLength(1);
      expect(judged()).toMatchObject([{ data: { champion: found?.champion } }]);
      expect(deploys()).toHaveLength(1);
    });
  });

  test("that is held and whose champion moves meanwhile is made again by the present one", async () => {
    await betweenEffects(async (instance) => {
      await world.reset();
      await givenSign(world, { ...better, champion: "good", challenger: "probabilities" });
      await world.putModel("sign", "0", "fair");
      const message = world.command({});
      instance.meanwhile = () => world.makeChampion("sign", "0", [a], at(-1));
      await deliverTo(instance, message, at(0));
      await world.deliver(message, at(2));
      await sweepAt(3, 8, 13, 18);
      if (instance.fated) expect(await world.verdict()).toMatchObject({ decision: "promote", champion: "0" });
      else expect(await world.verdict()).toMatchObject({ decision: "hold", champion: "1" });
    });
  });

  test("that nobody is to be told twice is not told again: said last, and read before saying", async () => {
    await givenSign(world, better);
    const message = world.command({});
    await world.deliver(message, at(0));
    await world.deliver(message, at(1));
    await sweepAt(2, 10, 30);
    for (const event of [...judged(), ...deploys()]) expect(world.recorder.timesSaid(event)).toBe(1);
  });
});

test("a verdict that is kept is the one that is said, though the champion moved before that", async () => {
  await givenSign(world, better);
  await world.putModel("sign", "0", "poor");
  const message = world.command({});
  const instance = createInstance({ kind: "ends", when: "after", effect: 6 });
  await deliverTo(instance, message, at(0));
  expect(instance.story).toContain("write verdicts/sign/2.json");
  await world.makeChampion("sign", "0", [a], at(1));
  await world.deliver(message, at(2));
  await expectPromotedOnce(message);
  expect(await world.verdict()).toMatchObject({ champion: "1" });
});

test("what was decided is said before another question about the version is answered", async () => {
  await givenSign(world, { ...better, gate: "  minEffect: 0.5" });
  const messages = [world.command({}, "one"), world.command({}, "two")] as const;
  world.recorder.breath = 0;
  await expect(world.deliver(messages[0], at(0))).rejects.toThrow("the process ends here");
  world.recorder.forget();
  await world.apply(signYaml());
  await world.deliver(messages[1], at(1));
  expect(judged().map(({ causationid, data }) => [causationid, data.decision])).toEqual([
    [messages[0].id, "hold"],
    [messages[1].id, "promote"],
  ]);
});

describe("the epoch that moves between scoring and spending", () => {
  /** Asks about version 2; somebody else acts just before the epoch is written, when it was read and decided about. */
  async function meanwhile(act: () => Promise<unknown>): Promise<EvaluateModel> {
    const message = world.command({});
    const instance = createInstance({ kind: "meets", effect: 4 });
    instance.meanwhile = act;
    await deliverTo(instance, message, at(0));
    expect(instance.effects[3]).toBe("write verdicts/sign/holdout.json");
    return message;
  }
  const another = async (version: string, fixtureName = "poor", minute = 0) => {
    await world.putModel("sign", version, fixtureName);
    return world.evaluate({ version }, "another", at(minute));
  };

  test("by its last use leaves none: the challenger is held, and nothing is counted beyond the budget", async () => {
    await givenSign(world, { ...better, gate: "  reuseBudget: 1" });
    await meanwhile(() => another("3"));
    expect(await attempts()).toMatchObject([{ version: "3", attempt: 1 }]);
    expect(await world.verdict()).toMatchObject({ decision: "hold", heldFor: ["holdout"], holdout: { attempt: 0 } });
  });

  test("by a batch that joins lets the rows that were scored judge: they are in it still", async () => {
    await givenSign(world, better);
    await meanwhile(async () => {
      await world.admit("sign", b, signRows(100, 1), 0.5, at(-1));
      await another("3");
    });
    expect(await attempts()).toMatchObject([
      { version: "3", attempt: 1 },
      { version: "2", attempt: 2 },
    ]);
    expect(await world.verdict()).toMatchObject({ decision: "promote", holdout: { batches: [a], attempt: 2 } });
  });

  test("into the next one retires rows that were scored: nothing is spent, and the message is tried again", async () => {
    await givenSign(world, { ...better, gate: "  reuseBudget: 2" });
    await another("0");
    const held = await world.admit("sign", b, signRows(250, 1), 0.5, at(-20));
    const message = await meanwhile(async () => {
      await another("4", "unsure", -30);
      await another("5");
    });
    expect(await world.verdict()).toBeUndefined();
    expect(await attempts()).toMatchObject([{ version: "5", attempt: 1 }]);
    await world.deliver(message, at(1));
    expect(await world.verdict()).toMatchObject({ holdout: { batches: [b], rows: held, attempt: 2 } });
  });
});

describe("a judgement made again", () => {
  /** Held at first for want of rows. */
  const held: GivenSign = { ...better, rows: 40 };
  const again = (of: string): EvaluateModel => {
    const { data } = world.command({});
    return evaluateModel.build(
      { ...data, again: { because: "rows", of } },
      { source: "evaluator", time: at(10), cause: "sweep" },
    ) as EvaluateModel;
  };

  test("that ended after any of its effects ends the same, and keeps the verdict of before once", {
    timeout: 240_000,
  }, async () => {
    const count = await forEveryEffect(async (instance) => {
      await world.reset();
      await givenSign(world, held);
      const first = world.command({});
      await world.deliver(first, at(0));
      const former = await world.verdict();
      expect(former).toMatchObject({ decision: "hold", heldFor: ["rows"], holdout: { attempt: 1 } });
      await world.admit("sign", b, signRows(250, 1), 0.5, at(5));
      const message = again(first.id);
      await deliverTo(instance, message, at(10));
      await world.deliver(message, at(13));
      await world.deliver(first, at(14));
      expect(await world.verdict()).toMatchObject({ decision: "promote", cause: message.id, holdout: { attempt: 2 } });
      expect(await world.pathsOf("verdicts", "sign/former/")).toEqual(["sign/former/2/1.json"]);
      expect(JSON.parse(await world.textOf("verdicts", "sign/former/2/1.json"))).toMatchObject(
        JSON.parse(JSON.stringify(former)) as Verdict,
      );
      expect(await attempts()).toHaveLength(2);
      expect(judged().map(({ data }) => data.decision)).toEqual(["hold", "promote"]);
      expect(deploys()).toHaveLength(1);
    });
    expect(count).toBe(12);
  });
});

describe("a judgement that cannot be made for now", () => {
  test("and ended after any of its effects is told to be stuck once, and fails each time", {
    timeout: 240_000,
  }, async () => {
    const count = await forEveryEffect(async (instance) => {
      await world.reset();
      await givenSign(world, better);
      await world.container("runs").deleteBlob("sign-2/model/model.onnx");
      const message = world.command({});
      const fails = (error: unknown) => expect(error).toBeInstanceOf(MissingModelError);
      await instance.run(() =>
        world.deliver(message, at(0), world.evaluatorIn(instance)).catch((error: unknown) => {
          if (!instance.fated) fails(error);
        }),
      );
      await world.deliver(message, at(1)).catch(fails);
      await sweepAt(2, 7, 12);
      expect(world.recorder.heard(processStuck)).toMatchObject([
        { data: { model: "sign", process: "judgement", about: "2", state: "asked" } },
      ]);
      expect(world.recorder.heard(evaluateModel)).toEqual([]);
      expect(judged()).toEqual([]);
    });
    expect(count).toBe(6);
  });
});

describe("what a judgement fails for", () => {
  test("and what is mended while it is made is seen to be mended, though it failed by what was before", async () => {
    await givenSign(world, better);
    await world.apply(signYaml().replace("{ name: x, type: number }", "{ name: x, type: number, max: 0.5 }"));
    const message = world.command({});
    const mended: Evaluator = {
      ...world.evaluator,
      stores: {
        documents: world.service.documents.bind(world.service),
        blobs(container) {
          const blobs = world.service.blobs(container);
          if (container !== "indexes") return blobs;
          const list: typeof blobs.list = async function* (prefix) {
            await world.apply(signYaml());
            yield* blobs.list(prefix);
          };
          return { ...blobs, list };
        },
      },
    };
    await expect(world.deliver(message, at(0), mended)).rejects.toThrow(UnreadableRowsError);
    await sweepAt(5);
    expect(await world.verdict()).toMatchObject({ decision: "promote", cause: message.id });
  });

  test("and what is mended while it fails is seen to be mended", async () => {
    await betweenEffects(async (instance) => {
      await world.reset();
      await givenSign(world, better);
      await world.container("runs").deleteBlob("sign-2/model/model.onnx");
      instance.meanwhile = () => world.putModel("sign", "2", "good");
      const message = world.command({});
      await deliverTo(instance, message, at(0)).catch(() => undefined);
      if (!instance.fated) return;
      await sweepAt(5, 10, 15);
      expect(await world.verdict()).toMatchObject({ decision: "promote", cause: message.id });
    });
  });
});

describe("judgements of two models at the same time", () => {
  test("use a holdout each", async () => {
    await givenSign(world, better);
    const other = { model: "other" } as const;
    await world.apply(signYaml().replace("model: sign", "model: other"));
    await world.admit("other", b, signRows(250));
    await world.putModel("other", "1", "fair");
    await world.putModel("other", "2", "good");
    await world.makeChampion("other", "1", [b]);
    const [one, two] = await Promise.all([
      world.evaluate({}, "one", at(0)),
      world.evaluate({ ...other, trainedOn: [b] }, "two", at(0)),
    ]);
    expect(one).toMatchObject({ model: "sign", decision: "promote", holdout: { batches: [a], attempt: 1 } });
    expect(two).toMatchObject({ model: "other", decision: "promote", holdout: { batches: [b], attempt: 1 } });
    for (const model of ["sign", "other"])
      expect((await readHoldoutEpoch(world.service, model))?.attempts).toMatchObject([{ attempt: 1 }]);
  });
});
