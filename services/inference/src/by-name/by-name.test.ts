import { describe, expect, test } from "vitest";
import { classifierManifest, manyRows, oneRow } from "../testing/packages.ts";
import { penguin, penguins, penguinsManifest, withColumns } from "../testing/penguins.ts";
import { servePackage } from "../testing/serve-package.ts";
import { type NamedModel, namedModel } from "./columns.ts";
import { predictionsOf } from "./predictions.ts";

const packaged = { manifest: penguinsManifest, onnx: penguins };
const rows = (...list: readonly unknown[]) => ({ rows: list });

describe("rows by name", () => {
  test("are answered with labels and probabilities, those of softmax over the scores", async () => {
    await using served = await servePackage(packaged);
    const { status, body } = await served.infer({ id: "r", rows: [penguin] });
    const exponentials = [2, 1, 8].map(Math.exp);
    const sum = exponentials.reduce((total, value) => total + value);
    const [adelie, chinstrap, gentoo] = exponentials.map((value) => expect.closeTo(value / sum, 6) as number);
    expect([status, body]).toEqual([
      200,
      {
        model_name: "penguins",
        model_version: "7",
        id: "r",
        parameters: { release: expect.any(String) as string },
        predictions: [
          {
            label: "Gentoo",
            probability: gentoo,
            probabilities: { Adelie: adelie, Chinstrap: chinstrap, Gentoo: gentoo },
          },
        ],
      },
    ]);
  });

  test("may have values as texts or as they are, in any order, and leave out what may be missing", async () => {
    await using served = await servePackage(packaged);
    const asked = async (row: object) =>
      ((await served.infer(rows(row))).body as { predictions: unknown[] }).predictions;
    const expected = await asked({ island: "Dream", bill: 20.5, mass: 4, seen: "2024-01-03", tagged: true, band1: 5 });
    for (const row of [
      { band1: "5", tagged: "true", seen: "2024-01-03T00:00:00Z", mass: "4", bill: "20.5", island: "Dream" },
      { island: "Dream", bill: "2.05e1", mass: 4, seen: "2024-01-03", tagged: 1, band: [5, null] },
      { island: "Dream", bill: 20.5, mass: 4, seen: "2024-01-03", tagged: "TRUE", band: [5, ""], species: "Adelie" },
    ])
      expect(await asked(row)).toEqual(expected);
  });

  test.each<[string, unknown, RegExp]>([
    ["no rows", rows(), /rows must be an array of at least one object/],
    ["a row that is none", rows(penguin, [1]), /row 1 is \[1\]; it must be an object/],
    ["a missing value", rows({ ...penguin, bill: null }), /row 0, column bill: is empty/],
    [
      "a category that is none",
      rows({ ...penguin, island: "Sylt" }),
      /column island: "Sylt" is not one of Biscoe, Dream/,
    ],
    ["a value out of range", rows({ ...penguin, bill: 101 }), /column bill: 101 is greater than 100/],
    ["a fraction for an integer", rows({ ...penguin, mass: 1.5 }), /column mass: "1.5" is not an integer/],
    ["a day that is none", rows({ ...penguin, seen: "2024-02-30" }), /column seen: "2024-02-30" is not a date/],
    ["a value that is an object", rows({ ...penguin, mass: {} }), /column mass: an object is no text, number or truth/],
    [
      "a column that is none",
      rows({ ...penguin, wing: 1 }),
      /row 0: there is no column "wing"; the model takes island, bill, mass, seen, tagged, band\[1\.\.2\], ranges as arrays/,
    ],
    ["a range of another length", rows({ ...penguin, band: [1] }), /column band: has 1 values; there are 2/],
    ["the names of what every object has", rows(Object.fromEntries([["__proto__", 1]])), /no column "__proto__"/],
    ["rows and inputs", { rows: [penguin], inputs: [] }, /both rows and inputs/],
    ["an id that is no text", { id: 1, rows: [penguin] }, /id must be a string/],
  ])("with %s are refused by row and column", async (_, request, reason) => {
    await using served = await servePackage(packaged);
    expect(await served.infer(request)).toMatchObject({ status: 400, body: { error: expect.stringMatching(reason) } });
  });

  test("of too many are refused with 413, and many go beside the event loop as all do", async () => {
    await using served = await servePackage({ ...packaged, limits: { rows: 100, inlineBytes: 1_000 } });
    const { status, body } = await served.infer(rows(...new Array(100).fill(penguin)));
    expect([status, (body as { predictions: unknown[] }).predictions.length]).toEqual([200, 100]);
    expect(await served.infer(rows(...new Array(101).fill(penguin)))).toMatchObject({ status: 413 });
  });

  test("are told in the model's metadata: types, ranges, categories, what may be missing, units, classes", async () => {
    await using served = await servePackage(packaged);
    const { body } = await served.ask("v2/models/penguins");
    const { rows: asked, classes } = penguinsManifest.signature;
    expect(body).toMatchObject({ rows: { ...asked, classes } });
  });

  test("are not taken by a release of before columns were kept, which serves tensors as it did", async () => {
    await using served = await servePackage();
    expect(await served.infer(rows({ x: 1 }))).toMatchObject({
      status: 400,
      body: { error: "digits version 7 is not asked by rows: its release tells no columns; send inputs" },
    });
    expect(await served.infer(oneRow)).toMatchObject({ status: 200 });
    expect(await served.infer(manyRows(3))).toMatchObject({ status: 200 });
  });
});

describe("a release whose rows would be read otherwise than in training is not served:", () => {
  test.each<[string, Parameters<typeof withColumns>[0], RegExp]>([
    [
      "categories in another order",
      ([island, ...others]) => [{ ...island, values: ["Dream", "Biscoe", "Torgersen"] }, ...others],
      /column island is read otherwise than it was in training: "Biscoe" became 0 there, and is 1 here/,
    ],
    [
      "a category that is gone",
      ([island, ...others]) => [{ ...island, values: ["Biscoe", "Dream"] }, ...others],
      /"Torgersen" became 2 there, and is "Torgersen" is not one of/,
    ],
    [
      "columns in another order",
      ([island, bill, ...others]) => [bill as object, island as object, ...others],
      /column 0 was island, and is bill/,
    ],
    ["a column that is gone", (columns) => columns.slice(0, -1), /trained on 7 columns, and is asked by 5/],
    [
      "days counted from another day",
      (columns) => columns.map((column) => (column.name === "seen" ? { ...column, origin: "2023-01-01" } : column)),
      /column seen .*"2024-01-01" became 0 there, and is 365 here/,
    ],
    [
      "another default",
      (columns) => columns.map((column) => (column.name === "tagged" ? { ...column, default: "true" } : column)),
      /column tagged .*"" became 0 there, and is 1 here/,
    ],
  ])("%s", async (_, change, reason) => {
    await using served = await servePackage({ manifest: withColumns(change), onnx: penguins });
    expect(await served.ask("v2/health/ready")).toMatchObject({
      status: 503,
      body: { state: "failed", error: expect.stringMatching(reason) },
    });
  });

  test("other classes", async () => {
    const { signature } = penguinsManifest;
    const manifest = { ...penguinsManifest, signature: { ...signature, classes: ["Gentoo", "Chinstrap", "Adelie"] } };
    await using served = await servePackage({ manifest, onnx: penguins });
    expect(await served.ask("v2/health/ready")).toMatchObject({
      status: 503,
      body: { error: expect.stringMatching(/trained on the classes Adelie.* answers with Gentoo/) },
    });
  });
});

describe("what a model says", () => {
  const named = (changes: Partial<NamedModel>): NamedModel => ({
    ...(namedModel(
      penguinsManifest,
      {
        inputs: [{ name: "features", datatype: "FP32", shape: [-1, 7] }],
        outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 3] }],
      },
      new Map(),
    ) as NamedModel),
    ...changes,
  });
  const scores = (...values: readonly number[]) =>
    ({
      scores: { datatype: "FP32", shape: [1, values.length], values: Float32Array.from(values) },
    }) as const;

  test("is probabilities as they are where its golden predictions are", () => {
    expect(predictionsOf(scores(0.25, 0.5, 0.25), 1, named({ givesProbabilities: true }))).toEqual([
      { label: "Chinstrap", probability: 0.5, probabilities: { Adelie: 0.25, Chinstrap: 0.5, Gentoo: 0.25 } },
    ]);
  });

  test("is labels alone where it gives class indices", () => {
    const indices = { scores: { datatype: "INT64", shape: [2], values: BigInt64Array.from([2n, 0n]) } } as const;
    expect(predictionsOf(indices, 2, named({}))).toEqual([{ label: "Gentoo" }, { label: "Adelie" }]);
    expect(() => predictionsOf(indices, 1, named({}))).toThrow(/2 values for 1 rows/);
  });

  test("is a value where it does not classify, null where that is no number", () => {
    const regression = named({ classes: undefined });
    expect(predictionsOf(scores(1.5, Number.NaN), 2, regression)).toEqual([{ value: 1.5 }, { value: null }]);
  });

  test("with scores too large for their exponentials is still probabilities", () => {
    expect(predictionsOf(scores(1_000, 1_000, -1_000), 1, named({}))).toMatchObject([
      { label: "Adelie", probability: 0.5, probabilities: { Adelie: 0.5, Chinstrap: 0.5, Gentoo: 0 } },
    ]);
  });
});

test("a release of a classifier that has no columns is not asked by name", () => {
  expect(namedModel(classifierManifest, { inputs: [], outputs: [] }, new Map())).toBeUndefined();
});
