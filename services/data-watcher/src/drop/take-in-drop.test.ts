import { randomUUID } from "node:crypto";
import { batchManifest, dataAdmitted, dataRefused, type Envelope, paths } from "@ratchet/contracts";
import { isTransient } from "@ratchet/messaging";
import { readAdmissions, UnknownModelError } from "@ratchet/state";
import { startWorld, type World } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { csv, header, rows, weatherYaml } from "../testing/definitions.ts";
import { takeInDropOfEvent } from "./take-in-drop.ts";

let world: World<"data-watcher">;
let model: string;
let number = 0;
beforeAll(async () => {
  world = await startWorld("data-watcher");
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  number += 1;
  model = `weather-${number}`;
  world.recorder.forget();
  await world.apply(weatherYaml.replace("model: weather\n", `model: ${model}\n`));
});

const drop = (file: string, content: string) => world.drop("drops", file, content);
const handle = (event: Envelope, now?: Date) =>
  takeInDropOfEvent({ stores: world.service, outbox: world.service.outbox }, event, world.delivery(event, now));
/** As the law of failure has it: a transient fault is tried again. */
const handleWithRetry = (event: Envelope): Promise<void> =>
  handle(event).catch((error: unknown) => (isTransient(error) ? handleWithRetry(event) : Promise.reject(error)));
const admitted = () => world.recorder.heard(dataAdmitted);
const refused = () => world.recorder.heard(dataRefused);
const stateOf = () => readAdmissions(world, model);
const content = (from: number) => csv([header, ...rows(60, from)]);

describe("a good file", () => {
  test("becomes a batch: its rows split between two files in the schema's order, its manifest, its event", async () => {
    const shuffled = ["weather,wind,rain,date", ...rows(60).map((row) => row.split(",").reverse().join(","))];
    const file = `${model}/2024/a b.csv`;
    await handle(await drop(file, csv(["weather,wind,rain,date", '"fog, dense",,1,2020-01-01', ...shuffled.slice(1)])));

    const [event] = admitted();
    const batch = event?.data.batch ?? "";
    const train = (await world.textOf("batches", paths.batchTrain(model, batch))).trimEnd().split("\n");
    const holdout = (await world.textOf("batches", paths.batchHoldout(model, batch))).trimEnd().split("\n");
    expect(train[0]).toBe(header);
    expect(holdout[0]).toBe(header);
    const all = [...train.slice(1), ...holdout.slice(1)];
    expect(new Set(all)).toEqual(new Set(['2020-01-01,1,,"fog, dense"', ...rows(60)]));
    expect(event?.data).toMatchObject({ model, file, rows: { train: train.length - 1, holdout: holdout.length - 1 } });
    const manifest = await world.documents("batches").read(paths.batchManifest(model, batch), batchManifest);
    expect(manifest?.value).toMatchObject({ file, rows: event?.data.rows, contentSha256: event?.data.contentSha256 });
  });

  test("waits for training, and a look is set for the end of its quiet period", async () => {
    const now = new Date("2026-11-23T09:00:00.000Z");
    await handle(await drop(`${model}/a.csv`, content(0)), now);
    const batch = admitted()[0]?.data.batch;
    expect((await stateOf()).pending).toEqual({
      since: now.toISOString(),
      latest: now.toISOString(),
      batches: [batch],
    });
    expect(world.recorder.said.at(-1)).toMatchObject({
      type: "ratchet.check-training-due.v1",
      notBefore: new Date("2026-11-23T09:01:01.000Z"),
    });
  });

  test("announced twice is one batch, one event and one look, not a duplicate drop", async () => {
    const event = await drop(`${model}/a.csv`, content(0));
    await handle(event);
    const [said, state] = [[...world.recorder.said], await stateOf()];
    await handle(event);
    expect(world.recorder.said).toEqual(said);
    expect(await stateOf()).toEqual(state);
  });

  test("of which the process ended before it could say so is told when it is announced again", async () => {
    const event = await drop(`${model}/a.csv`, content(0));
    world.recorder.breath = 0;
    await expect(handle(event)).rejects.toThrow("the process ends here");
    world.recorder.breath = Number.POSITIVE_INFINITY;
    await handle(event);
    expect(world.recorder.said.map(({ type }) => type)).toEqual([
      "ratchet.data.admitted.v1",
      "ratchet.check-training-due.v1",
    ]);
  });

  test("that overwrites an earlier one becomes a batch, and the earlier one, announced late, is refused as superseded", async () => {
    const first = await drop(`${model}/a.csv`, content(0));
    const second = await drop(`${model}/a.csv`, content(100));
    await handle(second);
    await handle(first);
    expect(admitted()).toHaveLength(1);
    expect(refused().map(({ data }) => data)).toEqual([
      { model, file: `${model}/a.csv`, code: "superseded", reason: expect.stringContaining("is a drop of its own") },
    ]);
    expect((await stateOf()).batches).toHaveLength(1);
  });

  test("that was deleted before its turn is refused as superseded", async () => {
    const event = await drop(`${model}/a.csv`, content(0));
    await world.container("drops").deleteBlob(`${model}/a.csv`);
    await handle(event);
    expect(world.recorder.said).toHaveLength(1);
    expect(refused().map(({ data }) => data.code)).toEqual(["superseded"]);
  });
});

describe("the same content", () => {
  test("dropped twice is refused the second time, naming the batch, its file and when it was admitted", async () => {
    const now = new Date("2026-11-23T09:00:00.000Z");
    await handle(await drop(`${model}/a.csv`, content(0)), now);
    await handle(await drop(`${model}/b.csv`, content(0)));
    const batch = admitted()[0]?.data.batch;
    expect(refused()[0]?.data).toMatchObject({ file: `${model}/b.csv`, code: "already-admitted", batch });
    expect(refused()[0]?.data.reason).toContain(`batch ${batch} from ${model}/a.csv at 2026-11-23T09:00:00.000Z`);
    expect((await stateOf()).batches).toHaveLength(1);
  });

  test("dropped again under the same name is refused too: it is a new drop", async () => {
    await handle(await drop(`${model}/a.csv`, content(0)));
    await handle(await drop(`${model}/a.csv`, content(0)));
    expect(refused().map(({ data }) => data.code)).toEqual(["already-admitted"]);
  });

  test("dropped several times at once is admitted once", async () => {
    const events = await Promise.all(
      Array.from({ length: 5 }, (_, index) => drop(`${model}/${index}.csv`, content(0))),
    );
    await Promise.all(events.map(handleWithRetry));
    expect(admitted()).toHaveLength(1);
    expect(refused()).toHaveLength(4);
    expect((await stateOf()).batches.map(({ file }) => file)).toEqual([admitted()[0]?.data.file]);
  });
});

describe("a bad file", () => {
  test.each([
    ["empty", "", "empty-file", undefined, undefined],
    ["header only", csv([header]), "empty-file", undefined, undefined],
    ["malformed", csv([header, ...rows(3), "2024-05-01,1"]), "malformed", 5, undefined],
    ["of another schema", csv(["a,b", "1,2"]), "schema-mismatch", 1, "date"],
    ["with a wrong field", csv([header, ...rows(3), "2024-05-01,x,1,sun"]), "schema-mismatch", 5, "rain"],
  ])(
    "(%s) is refused with its reason, and nothing of it is kept but the record of its drop",
    async (_what, text, code, row, column) => {
      const file = `${model}/bad.csv`;
      await handle(await drop(file, text));
      expect(world.recorder.said).toHaveLength(1);
      const { data } = refused()[0] ?? {};
      expect(data).toMatchObject({ model, file, code });
      expect([data?.row, data?.column]).toEqual([row, column]);
      for (const named of [file, row && `line ${row}`, column && `column ${column}`])
        if (named) expect(data?.reason).toContain(named);
      const kept = await world.pathsOf("batches", `${model}/`);
      expect(kept).toEqual([expect.stringContaining(`${model}/drops/`)]);
    },
  );

  test("larger than the definition allows is refused without being read", async () => {
    await world.apply(
      weatherYaml.replace(
        "model: weather\ntask: classification\ndata:",
        `model: ${model}\ntask: classification\ndata:\n  maxBytes: 100`,
      ),
    );
    await handle(await drop(`${model}/big.csv`, content(0)));
    expect(refused()[0]?.data).toMatchObject({ code: "too-large", reason: expect.stringContaining("100") });
  });

  test("disturbs nothing else: a good one beside it is admitted", async () => {
    const bad = await drop(`${model}/bad.csv`, "x");
    const good = await drop(`${model}/good.csv`, content(0));
    await Promise.all([handle(bad), handle(good)]);
    expect(admitted()).toHaveLength(1);
    expect(refused()).toHaveLength(1);
  });
});

describe("a file for a model that nobody applied", () => {
  test("fails for good and says what to do; applied and replayed, it is admitted", async () => {
    const event = await drop("nobody/a.csv", content(0));
    await expect(handle(event)).rejects.toThrow(UnknownModelError);
    await expect(handle(event)).rejects.toThrow(
      "no model named nobody is applied; run `ratchet apply <folder>` and replay this message",
    );
    await world.apply(weatherYaml.replace("model: weather\n", "model: nobody\n"));
    await handle(event);
    expect(admitted()).toHaveLength(1);
  });
});

test("many files dropped at once all wait for one training", async () => {
  const events = await Promise.all(
    Array.from({ length: 12 }, (_, index) => drop(`${model}/${randomUUID()}.csv`, content(index * 100))),
  );
  await Promise.all(events.map((event) => handle(event)));
  const state = await stateOf();
  expect(state.batches).toHaveLength(12);
  expect(state.pending?.batches).toHaveLength(12);
});
