import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { dataAdmitted, dataRefused, type Envelope, paths } from "@ratchet/contracts";
import { startWorld, type World } from "@ratchet/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { csv, header, rows, weatherYaml } from "../testing/definitions.ts";
import { takeInDropOfEvent } from "./take-in-drop.ts";

const fixture = (path: string) => readFileSync(join(import.meta.dirname, "../../../../formats/fixtures", path));

/** The columns of the fixtures. */
const columns = [
  "{ name: id, type: integer, feature: false }",
  "{ name: count, type: integer, optional: true }",
  "{ name: ratio, type: number, optional: true }",
  "{ name: single, type: number, optional: true, feature: false }",
  "{ name: price, type: number, optional: true, feature: false }",
  "{ name: ok, type: boolean, optional: true }",
  `{ name: name, type: category, optional: true, values: ["plain", 'a "quoted", word', "two\\nlines", "Zürich, 東京 🙂"] }`,
  "{ name: day, type: date, optional: true, feature: false }",
  "{ name: at, type: date, optional: true, feature: false }",
].map((column) => `    - ${column}\n`);

const fixturesYaml = weatherYaml
  .replace("label: weather", "label: id")
  .replace("task: classification", "task: regression")
  .replace(/( {4}- .*\n)+/, columns.join(""))
  .replace(
    "metric: accuracy, thresholds: { accuracy: { min: 0.5 } }",
    "metric: rmse, thresholds: { rmse: { max: 1 } }",
  );

let world: World<"data-watcher">;
beforeAll(async () => {
  world = await startWorld("data-watcher");
});
afterAll(() => world?.[Symbol.asyncDispose]());

async function newModel(yaml: string): Promise<string> {
  const model = `weather-${randomUUID().slice(0, 8)}`;
  await world.apply(yaml.replace("model: weather\n", `model: ${model}\n`));
  return model;
}

/** Drops a file, and gives what was said of it. */
async function take(model: string, name: string, content: string | Uint8Array): Promise<Envelope | undefined> {
  world.recorder.forget();
  const event = await world.drop("drops", `${model}/${name}`, content);
  await takeInDropOfEvent({ stores: world.service, outbox: world.service.outbox }, event, world.delivery(event));
  return world.recorder.heard(dataAdmitted)[0] ?? world.recorder.heard(dataRefused)[0];
}

async function batchOf(model: string, name: string, content: string | Uint8Array): Promise<readonly string[]> {
  const said = await take(model, name, content);
  expect(said?.data).not.toHaveProperty("reason");
  const [
    {
      data: { batch },
    } = expect.fail(`${name} was not admitted`),
  ] = world.recorder.heard(dataAdmitted);
  return Promise.all(
    [paths.batchTrain(model, batch), paths.batchHoldout(model, batch)].map((path) => world.textOf("batches", path)),
  );
}

describe("a dropped file", () => {
  test("becomes the same rows on the same sides whatever its format and compression", async () => {
    const model = await newModel(weatherYaml);
    const lines = rows(60);
    const objects = lines.map((line) => {
      const [date, rain, wind, weather] = line.split(",");
      return `{"weather":"${weather}","wind":${wind},"rain":${rain},"date":"${date}"}\n`;
    });
    const plain = await batchOf(model, "a.csv", csv([header, ...lines]));
    expect(await batchOf(model, "a.csv.gz", gzipSync(csv([header, ...lines])))).toEqual(plain);
    expect(await batchOf(model, "a.jsonl", objects.join(""))).toEqual(plain);
    expect(await batchOf(model, "a.jsonl.zst", zstdCompressSync(Buffer.from(objects.join(""))))).toEqual(plain);
  });

  test("of Parquet becomes its rows, to the last digit", async () => {
    const model = await newModel(fixturesYaml);
    for (const name of [
      "pandas/zstd.parquet",
      "polars/gzip.parquet.gz",
      "duckdb/brotli.parquet",
      "spark/snappy.parquet",
    ]) {
      const text = (await batchOf(model, name.replace("/", "-"), fixture(name))).join("");
      expect(text).toContain("9007199254740993,1,0.1,0.1,1234567890123456");
      expect(text).toContain("\n5,,,,,,,,\n");
    }
  });

  test("of Parquet is refused by row, row group and column", async () => {
    const model = await newModel(
      fixturesYaml.replace("name: count, type: integer,", "name: count, type: integer, max: 10,"),
    );
    expect(await take(model, "a.parquet", fixture("polars/snappy.parquet"))).toMatchObject({
      type: dataRefused.type,
      data: {
        code: "schema-mismatch",
        row: 3,
        column: "count",
        reason: `${model}/a.parquet, row 3 (row group 2), column count: 30000 is greater than 10`,
      },
    });
  });

  test("of another format than the definition takes is refused, both named", async () => {
    const model = await newModel(weatherYaml.replace("data:\n", "data:\n  format: csv\n"));
    expect((await take(model, "a.csv", '{"rain":1}\n'))?.data).toMatchObject({
      code: "schema-mismatch",
      reason: expect.stringContaining("the file is JSON Lines, and data.format takes CSV only"),
    });
  });

  test("that would become larger than the definition allows is refused, however small it is", async () => {
    const model = await newModel(weatherYaml.replace("data:\n", "data:\n  maxBytes: 100000\n"));
    const bomb = gzipSync(csv([header, ...Array<string>(20_000).fill("2024-01-01,1,1,sun")]));
    expect(bomb.length).toBeLessThan(10_000);
    expect((await take(model, "a.csv.gz", bomb))?.data).toMatchObject({ code: "too-large" });
  });
});
