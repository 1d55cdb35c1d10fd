import {
  admission,
  admissions,
  batchManifest,
  type Definition,
  dataset,
  parseDefinition,
  paths,
} from "@ratchet/contracts";
import { MissingBatchError, type PageSize } from "@ratchet/datasets";
import { recordsPerSegment } from "@ratchet/datasets/index/row-record";
import { UnreadableRowsError } from "@ratchet/formats/stored-rows";
import { listedBatches, MissingDatasetError, readDataset } from "@ratchet/state";
import { forEveryEffect, startWorld, type World } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Stores } from "../stores.ts";
import { batchId } from "../testing/digits.ts";
import { projectYaml } from "../testing/project-yaml.ts";
import { type BatchRows, csvOf, definition, putBatchRows, rowOn, rowsOf } from "../testing/rows.ts";
import { makeDataset } from "./make-dataset.ts";

const at = "2026-11-23T09:00:00.000Z";

let world: World<"training-runner">;
let model: string;
let number = 0;
beforeAll(async () => {
  world = await startWorld("training-runner");
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  number += 1;
  model = `digits-${number}`;
});

const log = () => world.documents("batches").log(paths.admissionLog(model), admission);
const countsOf = ({ train, holdout }: BatchRows) => ({ train: train.length, holdout: holdout.length });

async function admit(index: number, rows: BatchRows = rowsOf(index)): Promise<void> {
  await putBatchRows(world, model, batchId(index), rows);
  const said = { batch: batchId(index), file: `${model}/${index}.csv`, at, drop: "d", rows: countsOf(rows) };
  await log().append({ kind: "admitted", ...said });
}
async function admitAll(from: number, to: number): Promise<void> {
  for (let index = from; index <= to; index += 1) await admit(index);
}
const say = (kind: "withdrawn" | "restored", index: number, cause: string) =>
  log().append({ kind, batch: batchId(index), at, reason: "blurred", cause });

interface Making {
  readonly through?: number;
  readonly by?: Pick<Definition, "task" | "data">;
  readonly size?: PageSize;
  readonly stores?: Stores;
  readonly now?: Date;
}
const make = ({ through, by = definition, size, stores = world.service, now = new Date() }: Making = {}) =>
  makeDataset({ stores, model, definition: by, now }, through, size);

const must = async (making: Making = {}) => (await make(making)) ?? expect.fail("there is no data");
const batchesUpTo = async (through?: number) => {
  const made = await make(through === undefined ? {} : { through });
  return made ? listedBatches(world.service, model, made.ref) : [];
};
/** The files that a data set lists, in their order. */
async function filesOf(making: Making = {}): Promise<readonly string[]> {
  const { ref } = await must(making);
  const list = await world.textOf("datasets", paths.datasetPartList(model, ref.digest));
  const names = list.split("\n").filter((name) => name !== "");
  return Promise.all(names.map((name) => world.textOf("datasets", `${paths.datasetParts(model)}/${name}`)));
}
const indexesLeft = () => world.pathsOf("indexes", `${model}/`);
const partsThere = () => world.pathsOf("datasets", `${paths.datasetParts(model)}/`);

describe("the data of a run", () => {
  test("is what was admitted up to a position, in that order, or all", async () => {
    await admitAll(1, 3);
    expect(await batchesUpTo(2)).toEqual([1, 2].map(batchId));
    expect(await must({ through: 2 })).toMatchObject({
      ref: { through: 2, batches: 2 },
      rows: { train: 2, holdout: 2 },
    });
    expect(await batchesUpTo()).toEqual([1, 2, 3].map(batchId));
    expect(await must()).toMatchObject({ ref: { through: 3, batches: 3 } });
    expect(await filesOf({ through: 2 })).toEqual([1, 2].map((index) => csvOf([rowOn("train", index)])));
  });

  test("has what was admitted before there was a log, at whatever position", async () => {
    await putBatchRows(world, model, batchId(7), rowsOf(7));
    const earlier = { batch: batchId(7), file: `${model}/7.csv`, admittedAt: at };
    const asked = { model, asked: 0, earlier: [earlier], waiting: [] };
    await world.documents("batches").write(paths.admissions(model), admissions, asked, "any");
    await expect(make()).rejects.toThrow(MissingBatchError);
    const manifest = { ...batchManifest.example, model, batch: batchId(7), rows: { train: 1, holdout: 1 } };
    await world.documents("batches").write(paths.batchManifest(model, batchId(7)), batchManifest, manifest, "any");
    await admitAll(8, 9);
    expect(await batchesUpTo(0)).toEqual([batchId(7)]);
    expect(await batchesUpTo(1)).toEqual([7, 8].map(batchId));
  });

  test("has nothing of what was withdrawn, whenever that was said, and has it again once it is restored", async () => {
    await admitAll(1, 2);
    const before = await must({ through: 2 });
    await say("withdrawn", 1, "w");
    expect(await batchesUpTo(2)).toEqual([batchId(2)]);
    expect(await filesOf({ through: 2 })).toEqual([csvOf([rowOn("train", 2)])]);
    await say("restored", 1, "r");
    expect(await must({ through: 2 })).toEqual(before);
  });

  test("has the digest of its content: the same for the same rows, whoever makes it, however often", async () => {
    await admitAll(1, 2);
    const [first, second, longer] = [
      await must({ through: 2 }),
      await must({ through: 2 }),
      await must({ through: 9 }),
    ];
    expect(second).toEqual(first);
    expect(longer.ref).toEqual({ ...first.ref, through: 9 });
    await admit(3);
    expect((await must()).ref.digest).not.toBe(first.ref.digest);
  });

  test("is nothing where nothing is admitted, or no row of it trains", async () => {
    expect(await make()).toBeNull();
    await admit(1, { train: [], holdout: [rowOn("holdout", 1)] });
    expect(await make()).toBeNull();
    await admit(2);
    expect(await batchesUpTo()).toEqual([1, 2].map(batchId));
    await say("withdrawn", 2, "w");
    expect(await make()).toBeNull();
  });

  test("by key has the latest of the rows with one, and says how many were replaced", async () => {
    const keyed = parseDefinition(
      projectYaml("digits").replace("  label: label", "  label: label\n  key: [pixel0, pixel1]"),
    );
    const rows = [1, 2].map((index) => rowOn("train", index, 0));
    await admit(1, { train: rows, holdout: [] });
    await admit(2, { train: [rowOn("train", 2, 1)], holdout: [] });
    expect(await filesOf({ by: keyed })).toEqual([csvOf(rows.slice(0, 1)), csvOf([rowOn("train", 2, 1)])]);
    expect((await must({ by: keyed })).rows).toMatchObject({ train: 2, replaced: 1, contradicting: 0 });
    expect((await must()).rows).toMatchObject({ train: 2, replaced: 0, duplicate: 1, contradicting: 1 });
  });

  test("by time has what is older than a boundary, and says which, whichever batches brought it", async () => {
    const timed = parseDefinition(
      projectYaml("digits")
        .replace("  label: label", "  label: label\n  time: day\n  holdout: 0.5")
        .replace("    - { name: label", "    - { name: day, type: date, feature: false }\n    - { name: label"),
    );
    const header = "pixel0,pixel1,pixel2,pixel3,day,label\n";
    const row = (day: number) => `${day},0,0,0,2026-01-0${day},1\n`;
    const put = async (index: number, days: readonly number[]) => {
      await world.put("batches", paths.batchTrain(model, batchId(index)), header + days.map(row).join(""));
      await world.put("batches", paths.batchHoldout(model, batchId(index)), header);
      const said = { batch: batchId(index), file: "f", at, drop: "d", rows: { train: days.length, holdout: 0 } };
      await log().append({ kind: "admitted", ...said });
    };
    await put(1, [6, 1, 4]);
    await put(2, [3, 5, 2]);
    expect(await filesOf({ by: timed })).toEqual([header + row(1), header + row(3) + row(2)]);
    const { ref, rows } = await must({ by: timed });
    expect(rows).toMatchObject({ train: 3, holdout: 3 });
    expect((await readDataset(world.service, model, ref)).boundary).toBe(Date.UTC(2026, 0, 4));
  });

  test("that is not described any more is told by the name of what is missing", async () => {
    await admit(1);
    const { ref } = await must();
    const path = paths.dataset(model, ref.digest);
    const [page = ""] = await world.pathsOf("datasets", `${model}/pages/`);
    await world.container("datasets").deleteBlob(page);
    await expect(listedBatches(world.service, model, ref)).rejects.toThrow(`datasets/${page} is not there`);
    await world.container("datasets").deleteBlob(path);
    await expect(listedBatches(world.service, model, ref)).rejects.toThrow(MissingDatasetError);
  });
});

describe("a row that was admitted more than once", () => {
  test("trains once, where it came first, whichever files brought it", async () => {
    const [one, two] = [rowOn("train", 1), rowOn("train", 2)];
    await admit(1, { train: [one, one], holdout: [rowOn("holdout", 1)] });
    await admit(2, { train: [two, one], holdout: [rowOn("holdout", 1)] });
    expect(await filesOf()).toEqual([csvOf([one]), csvOf([two])]);
    expect((await must()).rows).toMatchObject({ train: 2, holdout: 1, duplicate: 3, contradicting: 0 });
  });

  test("trains from where it came next, once the batch that brought it first is withdrawn", async () => {
    await admit(1, { train: [rowOn("train", 1)], holdout: [] });
    await admit(2, { train: [rowOn("train", 2), rowOn("train", 1)], holdout: [] });
    await say("withdrawn", 1, "w");
    expect(await filesOf()).toEqual([csvOf([rowOn("train", 2), rowOn("train", 1)])]);
  });

  test("with another label is counted as contradicting, and the first counts", async () => {
    await admit(1, { train: [rowOn("train", 1, 0)], holdout: [] });
    await admit(2, { train: [rowOn("train", 1, 1)], holdout: [] });
    const { ref, rows } = await must();
    expect(rows).toMatchObject({ train: 1, duplicate: 1, contradicting: 1 });
    const stored = await world.documents("datasets").read(paths.dataset(model, ref.digest), dataset);
    expect(stored?.value).toMatchObject({ model, batches: 2, rows });
  });
});

describe("the split", () => {
  test("is the present one, but what was held out never trains, and what was not never judges", async () => {
    await admit(1);
    const withShare = (holdout: number) =>
      parseDefinition(projectYaml("digits").replace("  label: label\n", `  label: label\n  holdout: ${holdout}\n`));
    expect(await filesOf({ by: withShare(0.001) })).toEqual([csvOf([rowOn("train", 1)])]);
    expect((await must({ by: withShare(0.001) })).rows).toMatchObject({ train: 1, holdout: 0, leftOut: 1 });
    // Wherever it would stand now, what was admitted to train never judges.
    const trained = Array.from({ length: 20 }, (_, index) => rowOn("train", index + 2));
    await admit(2, { train: trained, holdout: [] });
    const { train, holdout, leftOut } = (await must({ by: withShare(0.5) })).rows;
    expect({ holdout, others: train + leftOut }).toEqual({ holdout: 1, others: 21 });
    expect(leftOut).toBeGreaterThan(0);
  });
});

describe("pages", () => {
  const size: PageSize = { batches: 3, rows: 1000 };

  test("are filled in the order of admission, and their files are those of the data before", async () => {
    await admitAll(1, 4);
    const before = await filesOf({ size });
    expect(before).toEqual([[1, 2, 3], [4]].map((page) => csvOf(page.map((index) => rowOn("train", index)))));
    const there = await partsThere();
    await admit(5);
    expect(await filesOf({ size })).toEqual([...before, csvOf([rowOn("train", 5)])]);
    // Of the open page each batch has a file: another one brings one more, and none is written anew.
    expect(await partsThere()).toHaveLength(there.length + 1);
    await admit(6);
    const pages = [
      [1, 2, 3],
      [4, 5, 6],
    ].map((page) => csvOf(page.map((index) => rowOn("train", index))));
    expect(await filesOf({ size })).toEqual(pages);
  });

  test("end where they have rows enough, too", async () => {
    await admitAll(1, 4);
    const pages = [
      [1, 2],
      [3, 4],
    ].map((page) => csvOf(page.map((index) => rowOn("train", index))));
    expect(await filesOf({ size: { batches: 100, rows: 4 } })).toEqual(pages);
  });

  test("leave one index behind once they are full, and of the open one that of each batch", async () => {
    await admitAll(1, 5);
    await must({ size });
    expect((await indexesLeft()).map((path) => path.split("/").slice(2).join("/"))).toEqual([
      `${batchId(4)}/0`,
      `${batchId(5)}/0`,
      expect.stringMatching(/^pages\/[0-9a-f]{64}$/),
    ]);
    expect(await filesOf({ size })).toHaveLength(3);
  });

  test("are the same whether their rows are read from one index or from many", async () => {
    await admitAll(1, 7);
    await admit(8, { train: [rowOn("train", 3), rowOn("train", 8)], holdout: [rowOn("holdout", 2)] });
    await say("withdrawn", 5, "w");
    const once = await must({ size: { batches: 100, rows: 1000 } });
    const paged = await must({ size });
    expect(paged.rows).toEqual(once.rows);
    const lines = async (making: Making) =>
      (await filesOf(making)).flatMap((text) => text.split("\n").slice(1)).filter((line) => line !== "");
    expect(await lines({ size })).toEqual(await lines({ size: { batches: 100, rows: 1000 } }));
  });

  test("whose batches are all withdrawn are left out", async () => {
    await admitAll(1, 4);
    for (const index of [1, 2, 3]) await say("withdrawn", index, `w${index}`);
    expect(await batchesUpTo()).toEqual([batchId(4)]);
    expect(await filesOf({ size })).toEqual([csvOf([rowOn("train", 4)])]);
  });
});

describe("rows of another schema", () => {
  const changed = parseDefinition(
    projectYaml("digits").replace(
      '    - { name: "pixel[0..3]", type: integer, min: 0, max: 255 }\n    - { name: label, type: integer, min: 0, max: 1 }\n',
      `    - { name: label, type: integer, min: 0, max: 1 }
    - { name: first, type: integer, min: 0, max: 255, was: [pixel0] }
    - { name: "pixel[1..3]", type: integer, min: 0, max: 255 }
    - { name: extra, type: number, default: "7" }
`,
    ),
  );

  test("are written by the present one, under their new names and with defaults", async () => {
    await admit(1, { train: Array.from({ length: 9 }, (_, row) => ["5", "6", "7", String(row), "1"]), holdout: [] });
    const [file = ""] = await filesOf({ by: changed });
    const [header, ...rows] = file.trim().split("\n");
    expect(header).toBe("label,first,pixel1,pixel2,pixel3,extra");
    // Some would be held out by the hash of what they are now.
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) expect(row).toMatch(/^1,5,6,7,[0-8],7$/);
  });

  test("that it does not fit are named by batch, line and column; nothing is trained on", async () => {
    await admit(1, { train: [["5", "6", "7", "8", "1"]], holdout: [] });
    await admit(2, {
      train: [
        ["5", "6", "7", "9", "1"],
        ["300", "6", "7", "8", "1"],
      ],
      holdout: [],
    });
    const refused = await make().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnreadableRowsError);
    expect(String(refused)).toContain(`batch ${batchId(2)}, line 3, column pixel0: 300 is greater than 255`);
  });

  test.each([
    ["fewer", 1, "1"],
    ["more", 3, "more"],
    ["many more", 9, "more"],
  ])("that are %s than were admitted are told, each time", async (_, count, told) => {
    await admit(1, { train: [rowOn("train", 1), rowOn("train", 2)], holdout: [] });
    const rows = Array.from({ length: count }, (_row, index) => rowOn("train", index));
    await world.put("batches", paths.batchTrain(model, batchId(1)), csvOf(rows));
    for (const _time of [1, 2])
      await expect(make()).rejects.toThrow(`has ${told} rows, and 2 were admitted; restore its files from a backup`);
  });

  test("that fill a segment of an index to the brim are counted all the same, and one more of them is told each time", async () => {
    const rows = Array.from({ length: recordsPerSegment }, (_, row) =>
      [row & 255, (row >> 8) & 255, row >> 16, 0, 1].map(String),
    );
    await admit(1, { train: rows, holdout: [] });
    const path = paths.batchTrain(model, batchId(1));
    await world.put("batches", path, csvOf([...rows, ["9", "9", "9", "9", "1"]]));
    for (const _time of [1, 2]) await expect(make()).rejects.toThrow(/has more rows, and 262144 were admitted/);
    await world.put("batches", path, csvOf(rows));
    const { train, leftOut } = (await must()).rows;
    expect(train + leftOut).toBe(rows.length);
    expect(train / rows.length).toBeCloseTo(0.8, 1);
  }, 120_000);

  test("that are gone are told by their path", async () => {
    await admit(1);
    await world.container("batches").deleteBlob(paths.batchHoldout(model, batchId(1)));
    await expect(make()).rejects.toThrow(`batches/${paths.batchHoldout(model, batchId(1))} is not there`);
  });
});

describe("whoever makes it", () => {
  test("goes on from wherever another has ended, and makes the same", async () => {
    await forEveryEffect(async (instance) => {
      await world.reset();
      await admitAll(1, 3);
      const size: PageSize = { batches: 2, rows: 1000 };
      const { service } = world.start(instance);
      await instance.run(() => make({ size, stores: service }).then(() => undefined));
      expect(await filesOf({ size })).toEqual(
        [[1, 2], [3]].map((page) => csvOf(page.map((index) => rowOn("train", index)))),
      );
      expect(await indexesLeft()).toHaveLength(2);
    });
  }, 120_000);

  test("may make it at the same time as another", async () => {
    await admitAll(1, 5);
    const size: PageSize = { batches: 2, rows: 1000 };
    const made = await Promise.allSettled(Array.from({ length: 4 }, () => must({ size })));
    const done = made.flatMap((one) => (one.status === "fulfilled" ? [one.value.ref.digest] : []));
    expect(new Set([...done, (await must({ size })).ref.digest]).size).toBe(1);
    for (const one of made) if (one.status === "rejected") expect(one.reason).toMatchObject({ transient: true });
  });
});
