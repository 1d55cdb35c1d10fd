import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { admission, batchIdOf, paths } from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../command-line/run.ts";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { applyProject, readProject } from "./apply.ts";
import { initProject } from "./init.ts";
import { contentOf, outcomeOf } from "./inspect.ts";

const rows = Array.from({ length: 40 }, (_, row) => `${row},${row % 7}.5,${row % 3 === 0 ? "" : row % 5},${row * 2}`);
const good = ["x1,x2,extra,y", ...rows].join("\n");
const fits = ["x1,x2,y", ...rows.map((row) => row.split(",").toSpliced(2, 1).join(","))].join("\n");

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** What a terminal would heed, but for line breaks. */
const heeded = /(?!\n)[\p{Cc}\p{Bidi_Control}]/u;

describe("what a file holds", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ratchet-inspect-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("is its format, its rows, and of each column what it seems to be", async () => {
    const file = join(folder, "good.csv.gz");
    await writeFile(file, gzipSync(good));
    const content = await contentOf(file);
    expect(content).toMatchObject({ file, format: "csv", compression: "gzip", rows: 40 });
    expect(content.columns.map(({ name, type, missing, distinct }) => [name, type, missing, distinct])).toEqual([
      ["x1", "integer", 0, 40],
      ["x2", "number", 0, 7],
      ["extra", "integer", 14, 5],
      ["y", "integer", 0, 40],
    ]);
    expect(content.columns[1]).toMatchObject({ range: { min: "0.5", max: "6.5" }, examples: ["0.5", "1.5", "2.5"] });
  });

  test("is told where it cannot be read, by line", async () => {
    const file = join(folder, "ragged.csv");
    await writeFile(file, "a,b\n1,2\n3\n");
    await expect(contentOf(file)).rejects.toThrow(`${file}, line 3: 1 fields, where the header has 2`);
    await expect(contentOf(join(folder, "none"))).rejects.toThrow("is not there, or may not be read");
  });

  test("has no power over the terminal that it is shown on", async () => {
    const file = join(folder, "hostile.csv");
    await writeFile(file, `a\u001b]52;c;aGk=\u0007,"two\nlines"\n\u001b[8mhidden\u202e,\u009b31m\n`);
    const { code, output } = await runCommandLine(["inspect", file]);
    expect(code).toBe(0);
    expect(output).not.toMatch(heeded);
    expect(output).toContain("a\\u{1b}]52;c;aGk=\\u{7}");
    const json = await runCommandLine(["inspect", file, "--json"]);
    expect(json.output).not.toMatch(heeded);
    expect(JSON.parse(json.output).columns[0].name).toBe("a\u001b]52;c;aGk=\u0007");
    await writeFile(file, "a\u001b[2J,b\n1\n");
    const refused = await runCommandLine(["inspect", file]);
    expect(refused.code).toBe(2);
    expect(refused.errors).not.toMatch(heeded);
  });
});

describe("what would become of a file", () => {
  let started: TestDeployment;
  const fileOf = async (name: string, content: string) => {
    const file = join(started.folder, name);
    await writeFile(file, content);
    return file;
  };
  beforeAll(async () => {
    started = await startTestDeployment();
    const project = join(started.folder, "houses");
    await initProject(project);
    await applyProject(started.deployment, await readProject(project), new Date());
  });
  afterAll(() => started?.[Symbol.asyncDispose]());

  test("is the batch that the door would make of it, and nothing is sent", async () => {
    const outcome = await outcomeOf(started.deployment, "houses", await fileOf("fits.csv", fits));
    expect(outcome).toMatchObject({ outcome: "admitted", batch: batchIdOf("houses", sha256(fits)) });
    if (outcome.outcome === "admitted") expect(outcome.rows.train + outcome.rows.holdout).toBe(40);
    expect(await Array.fromAsync(started.deployment.container("drops").listBlobsFlat())).toEqual([]);
  });

  test("is the refusal that the door would give", async () => {
    const file = await fileOf("good.csv", good);
    expect(await outcomeOf(started.deployment, "houses", file)).toEqual({
      outcome: "refused",
      model: "houses",
      code: "schema-mismatch",
      reason: `${file}, line 1, column extra: the header has the column extra, which the schema has not; remove them or extend the schema`,
    });
    expect(await outcomeOf(started.deployment, "houses", await fileOf("empty.csv", ""))).toMatchObject({
      code: "empty-file",
    });
  });

  test("is that it is recognised, where its content was admitted before", async () => {
    const batch = batchIdOf("houses", sha256(fits));
    const log = started.deployment.documents("batches").log(paths.admissionLog("houses"), admission);
    await log.append({ kind: "admitted", batch, file: "houses/monday.csv", at: "2026-11-23T09:00:00.000Z" });
    expect(await outcomeOf(started.deployment, "houses", await fileOf("again.csv", fits))).toMatchObject({
      code: "already-admitted",
      reason: expect.stringMatching(/the same content was admitted as houses\/monday\.csv on 2026-11-23$/),
    });
  });

  test("cannot be said for a model that nobody has applied", async () => {
    await expect(outcomeOf(started.deployment, "barns", await fileOf("x.csv", fits))).rejects.toThrow(
      "no model named barns is applied",
    );
  });
});
