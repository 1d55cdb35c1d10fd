import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { columnDefinition } from "../contracts/src/definition/columns.ts";
import { rowReader } from "../contracts/src/rows/row-reader.ts";
import { findOrInstallPython } from "../local-azure/machine-learning/src/python/find-or-install.ts";

const run = promisify(execFile);
let python: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-training-"));
  python = (await findOrInstallPython({ install: false, variable: "RATCHET_PYTHON" })).path;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the helper passes its own tests on this machine's PyTorch", async () => {
  const { stderr } = await run(python, ["-B", "-W", "ignore", "-m", "unittest", "-v"], { cwd: import.meta.dirname });
  expect(stderr).toMatch(/Ran \d{2,} tests[\s\S]*\nOK/);
});

test("a row becomes the same numbers in Python, where a model is trained, and in TypeScript, where it is judged and served", async () => {
  const schema = [
    { name: "day", type: "date" },
    { name: "id", type: "integer", feature: false },
    { name: "kind", type: "category", values: ["rain", "sun, later rain", 'so-called "fog"'] },
    { name: "label", type: "integer", min: 3, max: 5 },
    { name: "x[9..11]", type: "number", optional: true },
    { name: "open", type: "boolean" },
    { name: "at", type: "date", origin: "2024-03-01", precision: "1s" },
    { name: "rate", type: "number", default: 0.19, was: "tax" },
  ];
  const rows = [
    ["2024-02-29", "1", "rain", "3", "0.1", "-0", "1e-3", "true", "2024-03-01T00:00:01Z", ""],
    ["1969-12-31", "2", "sun, later rain", "4", "+5", ".5", "", "0", "2024-02-29 23:59:59.123456", "0.07"],
    ["2024-03-31T12:00:00Z", "3", 'so-called "fog"', "5", "16777217", "3.4e38", "7.", "FALSE", "2024-03-09", "1e-45"],
    [
      "2024-03-31T12:30:00.5+02:00",
      "4",
      "rain",
      "3",
      "-1.5E2",
      "0",
      "0.30000000000000004",
      "1",
      "2024-03-02T00:00:00+00:30",
      "1",
    ],
    ["2024-03-31T23:59", "5", "rain", "3", "1", "2", "nan", "True", "2024-03-01T12:34:56.5Z", "33554433"],
  ];
  const definition = { model: "m", task: "classification", data: { format: "csv", label: "label", schema } } as const;
  const reader = rowReader({
    task: definition.task,
    data: {
      ...definition.data,
      schema: schema.map((column) => columnDefinition.parse(column)),
      holdout: 0.2,
      quietPeriod: 0,
      maxWait: 0,
      maxBytes: 1,
    },
  });
  const names = reader.columns.map(({ name }) => name);
  const quoted = (field: string) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
  await writeFile(join(folder, "definition.json"), JSON.stringify(definition));
  await writeFile(join(folder, "rows.csv"), `${[names, ...rows].map((row) => row.map(quoted).join(",")).join("\n")}\n`);

  const program = `
import sys, json, pathlib
sys.path.insert(0, sys.argv[1])
import ratchet_training as ratchet
folder = pathlib.Path(sys.argv[2])
rows = ratchet.load_rows(folder, ratchet.load_definition(folder / "definition.json"))
print(json.dumps({"features": [[None if x != x else x for x in row] for row in rows.features.tolist()], "labels": rows.labels.tolist()}))`;
  const { stdout } = await run(python, ["-B", "-c", program, import.meta.dirname, folder]);

  const asRecord = (row: readonly string[]) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ""]));
  const features = rows.map((row) =>
    [...Float32Array.from(reader.readFeatures(asRecord(row)))].map((value) => (Number.isNaN(value) ? null : value)),
  );
  expect(JSON.parse(stdout)).toEqual({ features, labels: rows.map((row) => reader.readLabel(row[3] ?? "")) });
});
