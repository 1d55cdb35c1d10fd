import {
  batchEvidence,
  batchManifest,
  type ChampionOnBatch,
  championPointer,
  dataAdmitted,
  dataQuarantined,
  type Envelope,
  paths,
  scoreBatch,
  takeInDrop,
} from "@ratchet/contracts";
import { betweenEffects, createInstance, forEveryEffect, type Instance } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { takeInDropAgain } from "../drop/take-in-drop.ts";
import { dropKey, readDrop } from "../stores.ts";
import { header } from "../testing/definitions.ts";
import { dropOf, goodFile, minutes, soakedFile, startWatching, type Watching } from "../testing/watching.ts";
import { answersWithin } from "./ask-champion.ts";

// Each effect costs a play of some fifty requests.
vi.setConfig({ testTimeout: 120_000 });

let watching: Watching;
beforeAll(async () => {
  watching = await startWatching();
});
afterAll(() => watching[Symbol.asyncDispose]());
beforeEach(() => watching.world.recorder.forget());

/** A model that has admitted a good file, and has a champion. */
async function modelWith(data = "suspicion: quarantine"): Promise<string> {
  const model = await watching.newModel(data);
  await watching.takeIn(await dropFile(model, "first", goodFile()));
  const pointer = { ...championPointer.example, model };
  await watching.world.documents("champions").write(paths.champion(model), championPointer, pointer, "any");
  watching.world.recorder.forget();
  return model;
}

const dropFile = (model: string, name: string, content: string): Promise<Envelope> =>
  watching.world.drop("drops", `${model}/${name}.csv`, content);

const asked = () => watching.world.recorder.heard(scoreBatch);
const recordOf = async (event: Envelope) => (await readDrop(watching.world.service, dropKey(dropOf(event))))?.value;

const right: ChampionOnBatch = {
  champion: "7",
  score: { batch: { right: 14, wrong: 1 }, others: { right: 850, wrong: 50 } },
};
const wrong: ChampionOnBatch = {
  champion: "7",
  score: { batch: { right: 2, wrong: 13 }, others: { right: 850, wrong: 50 } },
};

/** Delivers what the evaluator answers, as a process does that may end. */
function answer(event: Envelope, championOnBatch: ChampionOnBatch, instance: Instance = createInstance(), now?: Date) {
  const { file, etag, model } = dropOf(event);
  const origin = { source: "evaluator", time: new Date(), cause: "the question" };
  const message = takeInDrop.build({ model, file, etag, championOnBatch }, origin);
  const { service, delivery } = watching.world.start(instance);
  const watcher = { stores: service, outbox: service.outbox };
  return instance.run(() => takeInDropAgain(watcher, message as never, delivery(message, now)));
}

async function evidenceOf(event: Envelope) {
  const { model, batch = "" } = (await recordOf(event)) ?? {};
  const stored = await watching.world.documents("batches").read(paths.batchEvidence(model ?? "", batch), batchEvidence);
  return stored?.value;
}

describe("what the champion makes of a batch", () => {
  test("is asked before anything is decided; its answer is part of the evidence, and decides with it", async () => {
    for (const [said, end] of [
      [right, "admitted"],
      [wrong, "quarantined"],
    ] as const) {
      const model = await modelWith();
      const event = await dropFile(model, "second", goodFile(100));
      await watching.takeIn(event);
      const record = await recordOf(event);
      expect(record).toMatchObject({ phase: "taken", answerBy: record?.lookAt });
      expect(await evidenceOf(event)).toBeUndefined();
      const { file, etag } = dropOf(event);
      expect(asked().map(({ data }) => data)).toEqual([{ model, batch: record?.batch, file, etag }]);

      await answer(event, said);
      expect(await watching.expectOneEnd(event)).toBe(end);
      const kinds = end === "quarantined" ? ["champion-score"] : [];
      const { findings = [], championOnBatch } = (await evidenceOf(event)) ?? {};
      expect([findings.map(({ kind }) => kind), championOnBatch]).toEqual([kinds, said]);
      expect(await recordOf(event)).not.toHaveProperty("answerBy");
      watching.world.recorder.forget();
    }
    expect(watching.world.recorder.heard(dataQuarantined)).toEqual([]);
  });

  test("is told with the other findings of a batch that stands out for them too", async () => {
    const model = await modelWith();
    const event = await dropFile(model, "soaked", soakedFile(100));
    await watching.takeIn(event);
    await answer(event, wrong);
    const [told] = watching.world.recorder.heard(dataQuarantined);
    expect(told?.data.suspicion.findings.map(({ kind }) => kind)).toContain("champion-score");
    expect(told?.data.suspicion.findings.map(({ column }) => column)).toContain("rain");
  });

  test("is asked once, however often the drop is told of meanwhile", async () => {
    const model = await modelWith();
    const event = await dropFile(model, "second", goodFile(100));
    for (let times = 0; times < 3; times += 1) await watching.takeIn(event);
    expect(asked()).toHaveLength(1);
    expect(await recordOf(event)).toMatchObject({ phase: "taken" });
  });

  test("is done without when it does not come in time, and the evidence says so", async () => {
    const model = await modelWith();
    const event = await dropFile(model, "second", goodFile(100));
    await watching.takeIn(event);
    await watching.sweep(new Date(Date.now() + answersWithin - minutes));
    expect(await recordOf(event)).toMatchObject({ phase: "taken" });
    await watching.sweep(new Date(Date.now() + answersWithin + minutes));
    expect(await watching.expectOneEnd(event)).toBe("admitted");
    const leftOut = expect.stringMatching(/^the evaluator had not said by 20/);
    expect(await evidenceOf(event)).toMatchObject({ championOnBatch: { leftOut } });
    // What comes late changes nothing.
    await answer(event, wrong);
    expect(await watching.expectOneEnd(event)).toBe("admitted");
  });

  test("says why where it cannot be said, and the batch goes on", async () => {
    const model = await modelWith();
    const event = await dropFile(model, "second", goodFile(100));
    await watching.takeIn(event);
    await answer(event, { champion: "7", leftOut: "its file is gone" });
    expect(await watching.expectOneEnd(event)).toBe("admitted");
    expect(await evidenceOf(event)).toMatchObject({ championOnBatch: { leftOut: "its file is gone" } });
  });

  test("is not asked where there is no champion, or nobody wants to know", async () => {
    for (const model of [await watching.newModel("suspicion: quarantine"), await modelWith("suspicion: off")]) {
      const event = await dropFile(model, "second", goodFile(100));
      await watching.takeIn(event);
      expect(await watching.expectOneEnd(event)).toBe("admitted");
    }
    expect(asked()).toEqual([]);
  });

  test("is not asked about a batch of which nothing is held out", async () => {
    const model = await modelWith();
    const heldOut: string[] = [];
    for (let row = 100; row < 110; row += 1) {
      const event = await dropFile(model, String(row), `${header}\n2026-11-27,${row},1,sun\n`);
      await watching.takeIn(event);
      const { batch = "" } = (await recordOf(event)) ?? {};
      const manifest = await watching.world.documents("batches").read(paths.batchManifest(model, batch), batchManifest);
      if (manifest?.value.rows.holdout === 1) heldOut.push(batch);
    }
    expect(asked().map(({ data }) => data.batch)).toEqual(heldOut);
    expect(watching.world.recorder.heard(dataAdmitted)).toHaveLength(10 - heldOut.length);
    expect([heldOut.length > 0, heldOut.length < 10]).toEqual([true, true]);
  });

  test("is asked by time whatever is held out when it comes in: which rows are new to the champion is not known here", async () => {
    const model = await modelWith("suspicion: quarantine\n  time: date");
    const event = await dropFile(model, "second", goodFile(100));
    await watching.takeIn(event);
    expect(asked()).toHaveLength(1);
  });
});

describe("a batch about which the champion is asked", () => {
  test("comes to the same end wherever a process ends on the way", async () => {
    await forEveryEffect(async (instance) => {
      const model = await modelWith();
      const event = await dropFile(model, "second", goodFile(100));
      await watching.takeIn(event, instance);
      await watching.takeIn(event);
      await answer(event, wrong, instance);
      await answer(event, wrong);
      expect(await watching.expectOneEnd(event)).toBe("quarantined");
      expect(new Set(asked().map(({ id }) => id)).size).toBe(1);
    });
  });

  test("has one fate where answer, event and the end of the time come between any two steps", async () => {
    await betweenEffects(async (instance) => {
      const model = await modelWith();
      const event = await dropFile(model, "second", goodFile(100));
      instance.meanwhile = async () => {
        await watching.takeIn(event);
        await answer(event, wrong);
      };
      await watching.takeIn(event, instance);
      const late = new Date(Date.now() + answersWithin + minutes);
      await watching.takeIn(event, createInstance(), late);
      const end = await watching.expectOneEnd(event);
      expect(end).toBe((await evidenceOf(event))?.fate === "quarantine" ? "quarantined" : "admitted");
    });
  });
});
