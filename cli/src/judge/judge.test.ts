import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../command-line/run.ts";

const models = join(import.meta.dirname, "../../../services/evaluator/fixtures");
const model = (name: string): string => join(models, `${name}.onnx`);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-judge-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of numbers from -1 to 1, and whether each is positive. */
async function signs(count: number, more: (index: number) => string = () => "", columns = "x,side"): Promise<string> {
  const rows = Array.from({ length: count }, (_, index) => {
    const x = ((index + 0.5) / count) * 2 - 1;
    return `${x.toFixed(6)},${x > 0 ? 1 : 0}${more(index)}`;
  });
  const file = join(folder, `${Math.random()}.csv`);
  await writeFile(file, [columns, ...rows].join("\n"));
  return file;
}

async function judge(challenger: string, against: string, data: string, ...more: readonly string[]) {
  const typed = ["judge", model(challenger), "--against", model(against), "--data", data, "--json", ...more];
  const { code, output, errors } = await runCommandLine(typed);
  return { code, errors, judged: output === "" ? undefined : JSON.parse(output) };
}

describe("two models on the rows of a file", () => {
  test("are judged as the gate judges: the exit code says how", async () => {
    const data = await signs(1_000);
    // fair takes numbers up to 0.2 for negative: wrong in a tenth.
    expect(await judge("good", "fair", data, "--label", "side")).toMatchObject({
      code: 0,
      judged: {
        decision: "promote",
        rows: 1_000,
        reasons: [
          expect.stringMatching(/^accuracy 1 against 0\.9 on 1000 rows: better by 0\.1, at least 0\.0\d+ with 95 %/),
        ],
        weighing: { primary: { metric: "accuracy", challenger: 1, champion: 0.9, method: "mcnemar-exact" } },
      },
    });
    expect(await judge("fair", "good", data, "--label", "side")).toMatchObject({
      code: 11,
      judged: { decision: "reject" },
    });
    expect(await judge("good", "good", data, "--label", "side")).toMatchObject({
      code: 10,
      judged: { decision: "hold" },
    });
  });

  test("are told apart in words, with intervals", async () => {
    const { output } = await runCommandLine([
      "judge",
      ...[model("good"), "--against", model("fair"), "--data", await signs(400), "--label", "side"],
      ...["--guardrail", "log-loss=0.1"],
    ]);
    expect(output).toMatch(/^PROMOTE {2}\S+good\.onnx against \S+fair\.onnx\n {2}accuracy 1 against 0\.9 on 400 rows/);
    expect(output).toMatch(/accuracy +1 +0\.9 +0\.1 +0\.0\d+ to 0\.1\d+ +400/);
    expect(output).toMatch(/log-loss, by at most 0\.1 worse/);
  });

  test("count a row once that is there twice", async () => {
    const data = await signs(60);
    const [head = "", ...rows] = (await readFile(data, "utf8")).split("\n");
    await writeFile(data, [head, ...rows, ...rows.map((row) => row.replace(",", "0,")), ...rows].join("\n"));
    const { judged } = await judge("good", "fair", data, "--label", "side");
    expect(judged).toMatchObject({ rows: 180, repeated: 120, weighing: { primary: { rows: 60 } } });
  });

  test("are compared in slices by columns that no model sees", async () => {
    const data = await signs(800, (index) => (index % 2 === 0 ? ",north" : ",south"), "x,side,region");
    const { judged } = await judge(
      "good",
      "fair",
      data,
      "--label",
      "side",
      "--without",
      "region",
      "--slice",
      "region=0.01",
    );
    expect(judged.weighing.slices).toMatchObject([
      { column: "region", value: "north", rows: 400, margin: 0.01 },
      { column: "region", value: "south", rows: 400 },
    ]);
  });

  test("of a regression are compared by their errors", async () => {
    const rows = Array.from({ length: 300 }, (_, index) => `${index / 100},${index / 50 + Math.sin(index) / 10}`);
    const data = join(folder, "line.csv");
    await writeFile(data, ["x,y", ...rows].join("\n"));
    expect(await judge("slope-2", "slope-1", data, "--label", "y")).toMatchObject({
      code: 0,
      judged: { decision: "promote", weighing: { primary: { metric: "rmse" } } },
    });
  });

  test("take schema and policy of a project where one is named", async () => {
    const project = join(folder, "sign");
    await mkdir(project);
    await writeFile(
      join(project, "ratchet.yaml"),
      [
        "model: sign\ntask: classification\ndata:\n  label: side\n  schema:",
        "    - { name: x, type: number }\n    - { name: side, type: category, values: [below, above] }",
        'training: { code: ., command: none, environment: "none", compute: none }',
        "gate: { metric: log-loss, minEffect: 5, thresholds: { log-loss: { max: 20 } } }",
        "deploy: { app: inference-sign }",
      ].join("\n"),
    );
    const data = await signs(300);
    await writeFile(data, (await readFile(data, "utf8")).replaceAll(/,0$/gm, ",below").replaceAll(/,1$/gm, ",above"));
    const { code, judged } = await judge("good", "fair", data, "--project", project);
    expect([code, judged.decision, judged.weighing.primary.metric]).toEqual([10, "hold", "log-loss"]);
    expect(
      (await judge("good", "fair", data, "--project", project, "--metric", "accuracy", "--min-effect", "0")).code,
    ).toBe(0);
    const both = await judge("good", "fair", data, "--project", project, "--label", "side");
    expect([both.code, both.errors]).toEqual([2, expect.stringMatching(/are those of its ratchet\.yaml/)]);
  });
});

describe("what cannot be judged", () => {
  test("a challenger that cannot be scored is rejected, with why", async () => {
    const { code, judged } = await judge("wide", "good", await signs(100), "--label", "side");
    expect(code).toBe(11);
    expect(judged).toMatchObject({
      weighing: null,
      reasons: [expect.stringMatching(/must take one float tensor \[N, 1\]/)],
    });
  });

  test.each([
    [
      "a champion that cannot be scored",
      "good",
      "wide",
      ["--label", "side"],
      /wide\.onnx cannot be compared with: .*must take/,
    ],
    [
      "a champion that fails on rows",
      "good",
      "diverged",
      ["--label", "side"],
      /diverged\.onnx cannot be compared with: .*diverged/,
    ],
    ["no label", "good", "fair", [], /say which column is to be predicted/],
    ["a label that is not there", "good", "fair", ["--label", "sides"], /has no column sides/],
    [
      "an unknown metric",
      "good",
      "fair",
      ["--label", "side", "--metric", "f"],
      /unknown metric f; a classification has accuracy/,
    ],
    ["a guardrail without a margin", "good", "fair", ["--label", "side", "--guardrail", "log-loss"], /log-loss=0\.01/],
    ["a missing model", "none", "fair", ["--label", "side"], /none\.onnx is not there/],
  ] as const)("%s is told, and nothing is judged", async (_, challenger, against, more, why) => {
    const { code, errors, judged } = await judge(challenger, against, await signs(50), ...more);
    expect([code, judged]).toEqual([2, undefined]);
    expect(errors).toMatch(why);
  });

  test("text that models cannot take is told by its column", async () => {
    const data = await signs(50, (index) => `,v${index % 3}`, "x,side,colour");
    const { code, errors } = await judge("good", "fair", data, "--label", "side");
    expect(code).toBe(2);
    expect(errors).toMatch(/the column colour of .* is category, and models take numbers: .*--without.*--project/);
  });

  test("a row that does not fit is told by its place", async () => {
    const data = await signs(50);
    await writeFile(data, `${await readFile(data, "utf8")}\n1e39,1\n`);
    const { code, errors } = await judge("good", "fair", data, "--label", "side");
    expect(code).toBe(2);
    expect(errors).toMatch(/line 52, column x/);
  });
});

test("the evidence can be had as one page", async () => {
  const page = join(folder, "report.html");
  const data = await signs(300, (index) => (index % 2 === 0 ? ",north" : ",south"), "x,side,region");
  const more = ["--label", "side", "--without", "region", "--slice", "region", "--report", page];
  const { code, judged } = await judge("good", "fair", data, ...more);
  expect(code).toBe(0);
  // fair takes numbers up to 0.2 for negative, and good none: it is nowhere off by much.
  expect(judged.details.confusion).toEqual({
    challenger: [
      [150, 0],
      [0, 150],
    ],
    champion: [
      [150, 0],
      [30, 120],
    ],
  });
  const text = (await readFile(page, "utf8")).replace(/<[^>]+>/g, " ");
  expect(text).toMatch(/good\.onnx against fair\.onnx/);
  expect(text).toMatch(/region is north/);
  expect(text).toMatch(/classification: side from 1 feature/);
  const rejected = await judge("wide", "good", data, ...more);
  expect(rejected.code).toBe(11);
  expect(await readFile(page, "utf8")).toContain("Nothing was compared.");
});
