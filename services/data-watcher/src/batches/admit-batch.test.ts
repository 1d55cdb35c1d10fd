import { randomUUID } from "node:crypto";
import {
  admitBatch,
  admittedProfile,
  checkTrainingDue,
  dataAdmitted,
  dataQuarantined,
  dataRestored,
  dataWithdrawn,
  paths,
  restoreBatch,
  trainModel,
  withdrawBatch,
} from "@ratchet/contracts";
import { readAdmissions } from "@ratchet/state";
import { betweenEffects, createInstance, forEveryEffect, type Instance } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { goodFile, soakedFile, startWatching, type Watching } from "../testing/watching.ts";
import { admit } from "./admit-batch.ts";
import { UnknownBatchError } from "./change-batch.ts";
import { restore, withdraw } from "./withdraw-batch.ts";

// Each effect costs a play of some fifty requests.
vi.setConfig({ testTimeout: 120_000 });

let watching: Watching;
const now = new Date("2026-11-23T09:00:00.000Z");
const origin = () => ({ source: "operator", time: now, cause: randomUUID() });
beforeAll(async () => {
  watching = await startWatching();
});
afterAll(() => watching[Symbol.asyncDispose]());

interface Held {
  readonly model: string;
  /** The batch that is admitted. */
  readonly first: string;
  /** The batch that is in quarantine. */
  readonly held: string;
}

/** A model that has admitted a batch, and has one in quarantine. */
async function newModel(): Promise<Held> {
  watching.world.recorder.forget();
  const model = await watching.newModel("suspicion: quarantine");
  for (const [name, content] of [
    ["good", goodFile()],
    ["soaked", soakedFile(100)],
  ] as const)
    await watching.takeIn(await watching.world.drop("drops", `${model}/${name}.csv`, content), undefined, now);
  const first = watching.world.recorder.heard(dataAdmitted)[0]?.data.batch ?? "";
  const held = watching.world.recorder.heard(dataQuarantined)[0]?.data.batch ?? "";
  watching.world.recorder.forget();
  return { model, first, held };
}

const about = ({ model, held: batch }: Held, train?: boolean) => ({
  ...{ model, batch, reason: "another gauge", requestedBy: "ada" },
  ...(train === undefined ? {} : { train }),
});
const admission = (held: Held, train?: boolean) => admitBatch.build(about(held, train), origin());
const withdrawal = (held: Held) => withdrawBatch.build(about(held), origin());
const restoration = (held: Held) => restoreBatch.build(about(held), origin());

type Message = ReturnType<typeof admission> | ReturnType<typeof withdrawal> | ReturnType<typeof restoration>;

/** Obeys a command in a process that may end. */
function obey(message: Message, instance: Instance = createInstance()) {
  const { service, delivery } = watching.world.start(instance);
  const watcher = { stores: service, outbox: service.outbox };
  return instance.run(() => {
    if (message.type === admitBatch.type) return admit(watcher, message, delivery(message, now));
    if (message.type === withdrawBatch.type) return withdraw(watcher, message, delivery(message, now));
    return restore(watcher, message, delivery(message, now));
  });
}

async function standing({ model }: Pick<Held, "model">) {
  const { batches, withdrawn, quarantined, pending } = await readAdmissions(watching.world, model);
  const ids = (some: readonly { readonly batch: string }[]) => some.map(({ batch }) => batch);
  return {
    ...{ batches: ids(batches), withdrawn: ids(withdrawn), quarantined: ids(quarantined) },
    waiting: pending?.batches ?? [],
  };
}

describe("a batch in quarantine that is admitted", () => {
  let given: Held;
  beforeEach(async () => {
    given = await newModel();
  });

  test("comes in after all that was admitted, waits for training, and a look is set for it", async () => {
    const { model, first, held } = given;
    const third = await watching.world.drop("drops", `${model}/third.csv`, goodFile(300));
    await watching.takeIn(third, undefined, now);
    await obey(admission(given));
    const { batches, quarantined, waiting } = await standing(given);
    expect([batches[0], batches[2], quarantined, waiting]).toEqual([first, held, [], batches]);
    const { all } = await readAdmissions(watching.world, model);
    expect(all.map(({ position }) => position)).toEqual([1, 3, 4]);
    expect(watching.world.recorder.heard(checkTrainingDue).length).toBeGreaterThan(0);
  });

  test("is told as any other, with the reason, who says so, and what made it stand out", async () => {
    const { model, held } = given;
    await obey(admission(given));
    expect(watching.world.recorder.heard(dataAdmitted).map(({ data }) => data)).toMatchObject([
      {
        ...{ model, batch: held, file: `${model}/soaked.csv`, reason: "another gauge", requestedBy: "ada" },
        suspicion: { found: 3, summary: expect.stringMatching(/^rain /) },
      },
    ]);
  });

  test("is trained on at once where that is asked for", async () => {
    await obey(admission(given, true));
    expect(watching.world.recorder.heard(trainModel).map(({ data }) => data)).toEqual([
      { model: given.model, through: 3, reason: "request", coldStart: true },
    ]);
  });

  test("is compared with from then on", async () => {
    const { model } = given;
    await obey(admission(given));
    await watching.takeIn(await watching.world.drop("drops", `${model}/next.csv`, goodFile(500)));
    const path = paths.admittedProfile(model);
    const before = await watching.world.documents("batches").read(path, admittedProfile);
    expect(before?.value).toMatchObject({ rows: 120, through: 3 });
  });

  test("is admitted once by two that say so, and by one that is delivered twice", async () => {
    const [one, other] = [admission(given), admission(given)];
    await Promise.all([obey(one), obey(other)]);
    await obey(one);
    await obey(other);
    expect(new Set(watching.world.recorder.heard(dataAdmitted).map(({ id }) => id)).size).toBe(1);
    expect((await standing(given)).batches).toEqual([given.first, given.held]);
  });
});

describe("a batch in quarantine that is withdrawn", () => {
  let given: Held;
  beforeEach(async () => {
    given = await newModel();
  });

  test("is told as withdrawn, and cannot be admitted any more", async () => {
    await obey(withdrawal(given));
    await obey(admission(given));
    expect(await standing(given)).toMatchObject({ batches: [given.first], withdrawn: [given.held], quarantined: [] });
    expect(watching.world.recorder.heard(dataWithdrawn)).toHaveLength(1);
    expect(watching.world.recorder.heard(dataAdmitted)).toEqual([]);
  });

  test("is in quarantine again when it is restored, waits for nothing, and can be admitted then", async () => {
    await obey(withdrawal(given));
    await obey(restoration(given));
    expect(await standing(given)).toMatchObject({ batches: [given.first], withdrawn: [], quarantined: [given.held] });
    expect((await standing(given)).waiting).toEqual([given.first]);
    expect(watching.world.recorder.heard(dataRestored).map(({ data }) => data.quarantined)).toEqual([true]);
    await obey(admission(given));
    expect((await standing(given)).waiting).toEqual([given.first, given.held]);
  });

  test("is restored as admitted where it was admitted before", async () => {
    await obey(admission(given));
    await obey(withdrawal(given));
    await obey(restoration(given));
    expect(await standing(given)).toMatchObject({ batches: [given.first, given.held], quarantined: [] });
    expect(watching.world.recorder.heard(dataRestored)[0]?.data).not.toHaveProperty("quarantined");
  });
});

test("a command comes to one end wherever its process ends, when it is delivered again", async () => {
  const effects = await forEveryEffect(async (instance) => {
    const given = await newModel();
    const command = admission(given, true);
    await obey(command, instance);
    await obey(command);
    expect(await standing(given)).toMatchObject({ batches: [given.first, given.held], quarantined: [] });
    expect(new Set(watching.world.recorder.heard(dataAdmitted).map(({ id }) => id)).size).toBe(1);
    expect(new Set(watching.world.recorder.heard(trainModel).map(({ id }) => id)).size).toBe(1);
  });
  // It is marked, appended, told, asked for, and written down that it was.
  expect(effects).toBe(5);
});

test("who admits and who withdraws between any two steps agree in the end: it is withdrawn", async () => {
  await betweenEffects(async (instance) => {
    const given = await newModel();
    instance.meanwhile = () => obey(withdrawal(given));
    await obey(admission(given), instance);
    if (!instance.fated) return;
    expect(await standing(given)).toMatchObject({ batches: [given.first], withdrawn: [given.held], quarantined: [] });
    expect((await standing(given)).waiting).toEqual([given.first]);
  });
});

test("a batch that is admitted, or that the model does not have, is not admitted out of quarantine", async () => {
  const given = await newModel();
  await obey(admission({ ...given, held: given.first }));
  expect(watching.world.recorder.heard(dataAdmitted)).toEqual([]);
  await expect(obey(admission({ ...given, held: "0123456789abcdef" }))).rejects.toThrow(UnknownBatchError);
});
