import { randomUUID } from "node:crypto";
import {
  checkTrainingDue,
  dataAdmitted,
  dataRefused,
  dataRestored,
  dataWithdrawn,
  restoreBatch,
  trainModel,
  withdrawBatch,
} from "@ratchet/contracts";
import { readAdmissions } from "@ratchet/state";
import { createInstance, forEveryEffect, type Instance } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { goodFile, startWatching, type Watching } from "../testing/watching.ts";
import { UnknownBatchError } from "./change-batch.ts";
import { restore, withdraw } from "./withdraw-batch.ts";

// Each effect costs a play of some fifty requests.
vi.setConfig({ testTimeout: 120_000 });

let watching: Watching;
let model: string;
const now = new Date("2026-11-23T09:00:00.000Z");
const origin = () => ({ source: "operator", time: now, cause: randomUUID() });
beforeAll(async () => {
  watching = await startWatching();
});
afterAll(() => watching[Symbol.asyncDispose]());
beforeEach(async () => {
  watching.world.recorder.forget();
  model = await watching.newModel();
});

async function admit(from = 0): Promise<string> {
  const event = await watching.world.drop("drops", `${model}/${from}.csv`, goodFile(from));
  await watching.takeIn(event, undefined, now);
  return watching.world.recorder.heard(dataAdmitted).at(-1)?.data.batch ?? "";
}

const about = (batch: string, train?: boolean) => ({
  model,
  batch,
  reason: "upside down",
  requestedBy: "ada",
  ...(train === undefined ? {} : { train }),
});
const withdrawal = (batch: string, train?: boolean) => withdrawBatch.build(about(batch, train), origin());
const restoration = (batch: string) => restoreBatch.build(about(batch), origin());

/** Obeys a command in a process that may end. */
function obey(
  message: ReturnType<typeof withdrawal> | ReturnType<typeof restoration>,
  instance: Instance = createInstance(),
) {
  const { service, delivery } = watching.world.start(instance);
  const watcher = { stores: service, outbox: service.outbox };
  return instance.run(() =>
    message.type === withdrawBatch.type
      ? withdraw(watcher, message, delivery(message, now))
      : restore(watcher, message, delivery(message, now)),
  );
}

const standing = async () => {
  const { batches, withdrawn } = await readAdmissions(watching.world, model);
  return { batches: batches.map(({ batch }) => batch), withdrawn: withdrawn.map(({ batch }) => batch) };
};
const told = () => ({
  withdrawn: watching.world.recorder.heard(dataWithdrawn),
  restored: watching.world.recorder.heard(dataRestored),
  asked: watching.world.recorder.heard(trainModel),
});

describe("a batch that is withdrawn", () => {
  test("is one of the model's batches no more; it is told with the reason and who says so", async () => {
    const [first, second] = [await admit(), await admit(100)];
    await obey(withdrawal(first));
    expect(await standing()).toEqual({ batches: [second], withdrawn: [first] });
    expect(told().withdrawn.map(({ data }) => data)).toEqual([
      { model, batch: first, file: `${model}/0.csv`, reason: "upside down", requestedBy: "ada" },
    ]);
    expect(told().asked).toEqual([]);
  });

  test("is trained without at once where that is asked for, from the beginning", async () => {
    const first = await admit();
    await admit(100);
    await obey(withdrawal(first, true));
    expect(told().asked.map(({ data }) => data)).toEqual([{ model, through: 3, reason: "request", coldStart: true }]);
  });

  test("leaves nothing to train on where it was the only one", async () => {
    await obey(withdrawal(await admit(), true));
    expect(told().asked).toEqual([]);
    expect(told().withdrawn).toHaveLength(1);
  });

  test("comes to one end wherever the process ends, when its command is delivered again", async () => {
    const effects = await forEveryEffect(async (instance) => {
      watching.world.recorder.forget();
      model = await watching.newModel();
      const [first, second] = [await admit(), await admit(100)];
      const command = withdrawal(first, true);
      await obey(command, instance);
      await obey(command);
      expect(await standing()).toEqual({ batches: [second], withdrawn: [first] });
      expect(new Set(told().withdrawn.map(({ id }) => id)).size).toBe(1);
      expect(new Set(told().asked.map(({ id }) => id)).size).toBe(1);
    });
    // It is appended, told, asked for, and written down that it was.
    expect(effects).toBe(4);
  });

  test("is withdrawn once by two that do so at once", async () => {
    const batch = await admit();
    await Promise.all([obey(withdrawal(batch)), obey(withdrawal(batch))]);
    await obey(withdrawal(batch));
    expect(told().withdrawn).toHaveLength(1);
  });

  test("cannot be dropped again: its content is known", async () => {
    const batch = await admit();
    await obey(withdrawal(batch));
    const again = await watching.world.drop("drops", `${model}/again.csv`, goodFile());
    await watching.takeIn(again);
    expect(await watching.expectOneEnd(again)).toBe("refused");
    expect(watching.world.recorder.heard(dataRefused).map(({ data }) => data.reason)).toEqual([
      expect.stringMatching(
        /was withdrawn at .* \(upside down\): `ratchet batches restore weather-\w+ [0-9a-f]{16}` takes it back/,
      ),
    ]);
    expect(await standing()).toEqual({ batches: [], withdrawn: [batch] });
  });
});

describe("a batch that is restored", () => {
  test("is one of the model's batches again, in its place, and waits for training", async () => {
    const [first, second] = [await admit(), await admit(100)];
    await obey(withdrawal(first));
    await obey(restoration(first));
    expect(await standing()).toEqual({ batches: [first, second], withdrawn: [] });
    expect(told().restored.map(({ data }) => data.batch)).toEqual([first]);
    expect((await readAdmissions(watching.world, model)).pending?.batches).toContain(first);
    expect(watching.world.recorder.heard(checkTrainingDue).length).toBeGreaterThan(0);
  });

  test("may be withdrawn again, and restored again, each told once", async () => {
    const batch = await admit();
    for (let round = 0; round < 3; round += 1) {
      await obey(withdrawal(batch));
      await obey(restoration(batch));
    }
    expect(await standing()).toEqual({ batches: [batch], withdrawn: [] });
    expect(told().withdrawn).toHaveLength(3);
    expect(told().restored).toHaveLength(3);
  });

  test("stays so though the command that withdrew it is delivered once more, which then says the same again", async () => {
    const batch = await admit();
    const first = withdrawal(batch);
    await obey(first);
    await obey(restoration(batch));
    await obey(first);
    expect(await standing()).toEqual({ batches: [batch], withdrawn: [] });
    expect(told().withdrawn).toHaveLength(1);
  });

  test("that was never withdrawn stays as it is", async () => {
    await obey(restoration(await admit()));
    expect(told().restored).toEqual([]);
  });
});

test("a batch that the model never admitted is neither withdrawn nor restored", async () => {
  await admit();
  await expect(obey(withdrawal("0123456789abcdef"))).rejects.toThrow(UnknownBatchError);
  await expect(obey(restoration("0123456789abcdef"))).rejects.toThrow(/`ratchet batches list weather-[0-9a-f]+`/);
});
