import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expandColumns, parseDefinition } from "@ratchet/contracts";
import { inspectFile } from "@ratchet/formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { initProject } from "./init.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-guess-"));
});
afterAll(() => rm(folder, { recursive: true }));

const columns = "day,station,rain,temp max,wind,id,on,x0,x1,x2,weather";
const row = (index: number): string =>
  [
    `2024-01-${String(1 + (index % 28)).padStart(2, "0")}`,
    index % 2 ? '"no: ""north"""' : "yes",
    `${index % 9}.25`,
    -index / 10,
    index % 4 ? index % 10 : "",
    20_000_000 + index,
    index % 3 === 0,
    index % 3,
    index % 5,
    index % 7,
    index % 4 ? "sun" : "rain",
  ].join(",");
const weather = [columns, ...Array.from({ length: 100 }, (_, index) => row(index))].join("\n");

let projects = 0;
/** What is written for a file, as text and as it is read. */
async function guessed(text: string, label?: string) {
  projects += 1;
  const file = join(folder, `data-${projects}.csv`);
  await writeFile(file, text);
  const project = join(folder, `project-${projects}`);
  await initProject(project, { file, label });
  const yaml = await readFile(join(project, "ratchet.yaml"), "utf8");
  return { file, yaml, read: () => parseDefinition(yaml) };
}

describe("a definition that is guessed from a file", () => {
  test("is one that the file is admitted by", async () => {
    const { file, read } = await guessed(weather);
    const { rows } = await inspectFile(createReadStream(file), read());
    expect(rows.train + rows.holdout).toBe(100);
  });

  test("has the columns of the file, of the types that their values have, missing ones optional", async () => {
    const { data, task } = (await guessed(weather)).read();
    expect([task, data.label, data.format]).toEqual(["classification", "weather", "any"]);
    const all = expandColumns(data.schema).map(
      ({ name, type, optional, feature }) =>
        `${name} ${type}${optional ? " optional" : ""}${feature ? "" : " no feature"}`,
    );
    expect(all).toEqual([
      "day date",
      "station category",
      "rain number",
      "temp max number",
      "wind integer optional",
      "id integer no feature",
      "on boolean",
      "x0 integer",
      "x1 integer",
      "x2 integer",
      "weather category",
    ]);
    expect(data.schema.find(({ name }) => name === "station")?.values).toEqual(['no: "north"', "yes"]);
    expect(data.schema.map(({ name }) => name)).toContain("x[0..2]");
  });

  test("says where somebody should look", async () => {
    const { yaml } = await guessed(weather);
    expect(yaml).toMatch(/label: weather # guessed: is this what is to be predicted\?/);
    expect(yaml).toMatch(/name: day, type: date } # .*add feature: false/);
    expect(yaml).toMatch(/name: id, .*feature: false } # beyond 16777216 .* a key\?/);
    expect(yaml).toMatch(/accuracy: { min: 0\.75 } # the share of the most frequent class/);
    const keys = await guessed(
      ["key,y", ...Array.from({ length: 30 }, (_, index) => `${index},${index % 4}.5`)].join("\n"),
    );
    expect(keys.yaml).toMatch(/name: key, type: integer } # every row has another: if it is a key, add feature: false/);
  });

  test("asks of a regression what the mean alone would reach, and gives a label of few integers its range", async () => {
    const price = (await guessed(weather, "temp max")).read();
    expect([price.task, price.gate.metric, price.gate.thresholds]).toEqual([
      "regression",
      "rmse",
      { rmse: { max: 2.89 } },
    ]);
    const digits = (await guessed(weather, "x2")).read();
    expect(digits.task).toBe("classification");
    expect(digits.data.schema.find(({ name }) => name === "x2")).toMatchObject({ type: "integer", min: 0, max: 6 });
    expect(digits.data.schema.find(({ name }) => name === "x1")).not.toHaveProperty("min");
  });

  test("says of free text and of columns without a value that they are none to learn from", async () => {
    const text = [
      "note,nothing,x,y",
      ...Array.from({ length: 60 }, (_, index) => `"note ${index}",,${index},${index}.5`),
    ].join("\n");
    const { yaml } = await guessed(text);
    expect(yaml).toMatch(/name: note, type: text, feature: false } # too many different values/);
    expect(yaml).toMatch(/name: nothing, type: number, optional: true, feature: false } # no row has a value/);
  });

  test("is read again whatever the names and values are", async () => {
    const odd = ["# a", "b: c", "{d}", "null", "1", "e\u001bf", 'g"h', "'i'", "- j", "k\u2028l"];
    const quoted = odd.map((name) => `"${name.replaceAll('"', '""')}"`);
    const lines = Array.from({ length: 10 }, (_, index) =>
      [...odd.map((_one, column) => index * column), quoted[index], index + 0.5].join(","),
    );
    const { read } = await guessed([[...quoted, "kind", "y"].join(","), ...lines, ...lines].join("\n"));
    const { schema } = read().data;
    expect(schema.map(({ name }) => name)).toEqual([...odd, "kind", "y"]);
    expect(schema.find(({ name }) => name === "kind")?.values).toEqual([...odd].sort());
  });

  test.each([
    ["there is no such label", weather, "snow", /has no column snow/],
    ["the label could be none", weather, "day", /the column day of .* seems to be date; a label is/],
    ["there are no rows", "a,b\n", undefined, /has no rows to guess by/],
    ["there is nothing but the label", "y\n1\n2\n", undefined, /no column beside the label y/],
    ["the file cannot be read", "a,b\n1\n", undefined, /line 2: 1 fields/],
  ])("is not written where %s", async (_what, text, label, message) => {
    await expect(guessed(text, label)).rejects.toThrow(
      expect.objectContaining({ name: "WrongInputError", message: expect.stringMatching(message) }),
    );
  });
});
