import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { admission, appliedDefinition, batchManifest, paths } from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WrongInputError } from "../errors.ts";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { applyProject, readProject } from "./apply.ts";
import { initProject } from "./init.ts";
import { appliedModels, modelStanding } from "./status.ts";

const digits = join(import.meta.dirname, "../../../examples/digits");
const now = new Date("2026-11-23T09:00:00Z");

describe("a model project", () => {
  let stage: TestDeployment;
  beforeAll(async () => {
    stage = await startTestDeployment();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const folder = async (name: string) => {
    const path = join(stage.folder, name);
    await mkdir(path, { recursive: true });
    return path;
  };

  test("is read with its training code and the helper that code may import", async () => {
    const { definition, files } = await readProject(digits);
    expect(definition.model).toBe("digits");
    expect(files.map(({ path }) => path).sort()).toEqual([
      "ratchet.yaml",
      "training/ratchet_training.py",
      "training/train.py",
    ]);
  });

  test("is applied: files first, then the document that points at them; applied again, nothing changes", async () => {
    const project = await readProject(digits);
    const { deployment } = stage;
    expect(await applyProject(deployment, project, now)).toMatchObject({ model: "digits", changed: true, files: 3 });
    expect(await applyProject(deployment, project, new Date())).toMatchObject({ changed: false });
    const current = await deployment
      .documents("definitions")
      .read(paths.currentDefinition("digits"), appliedDefinition);
    expect(current?.value).toMatchObject({ version: project.version, appliedAt: now.toISOString() });
    for (const { path } of current?.value.files ?? [])
      expect(
        await deployment
          .container("definitions")
          .getBlobClient(paths.definitionFile("digits", project.version, path))
          .exists(),
      ).toBe(true);
    expect(await appliedModels(deployment)).toEqual(["digits"]);
    expect(await modelStanding(deployment, "digits")).toMatchObject({
      champion: null,
      frozen: null,
      deployment: null,
      batches: 0,
      waiting: 0,
      withdrawn: 0,
      refused: { files: 0, last: null },
      running: null,
      lastVerdict: null,
    });
  });

  test("is mended by applying it where what was applied cannot be read any more", async () => {
    const project = await readProject(digits);
    const { deployment } = stage;
    const current = deployment.container("definitions").getBlockBlobClient(paths.currentDefinition("digits"));
    await current.upload("{ torn", 6);
    expect(await applyProject(deployment, project, now)).toMatchObject({ changed: true });
    expect(await applyProject(deployment, project, now)).toMatchObject({ changed: false });
  });

  test("changes its version with any of its files, and not with what does not belong to it", async () => {
    const copy = await folder("copy");
    await cp(digits, copy, { recursive: true });
    const before = (await readProject(copy)).version;
    await mkdir(join(copy, "training", "__pycache__"), { recursive: true });
    await writeFile(join(copy, "training", "__pycache__", "train.pyc"), "x");
    await writeFile(join(copy, "README.md"), "words");
    expect((await readProject(copy)).version).toBe(before);
    await writeFile(join(copy, "training", "more.py"), "x = 1\n");
    expect((await readProject(copy)).version).not.toBe(before);
  });

  test("whose app is another model's is refused, naming both, and nothing of it is uploaded", async () => {
    const { deployment } = stage;
    await applyProject(deployment, await readProject(digits), now);
    const copy = await folder("letters");
    await cp(digits, copy, { recursive: true });
    const yaml = await readFile(join(digits, "ratchet.yaml"), "utf8");
    const named = (app: string) => yaml.replace(/^model: .*$/m, "model: letters").replace("inference-digits", app);
    await writeFile(join(copy, "ratchet.yaml"), named("inference-digits"));
    const refused = await applyProject(deployment, await readProject(copy), now).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WrongInputError);
    expect(String(refused)).toMatch(/the app inference-digits is that of the model digits, which letters would take/);
    expect(await appliedModels(deployment)).toEqual(["digits"]);
    // With an app of its own it is applied; moving to the other's app afterwards is refused as well.
    await writeFile(join(copy, "ratchet.yaml"), named("inference-letters"));
    expect(await applyProject(deployment, await readProject(copy), now)).toMatchObject({ changed: true });
    await writeFile(join(copy, "ratchet.yaml"), named("inference-digits"));
    await expect(applyProject(deployment, await readProject(copy), now)).rejects.toThrow(WrongInputError);
  });

  test("written by init can be read as it is", async () => {
    const fresh = join(stage.folder, "House Prices");
    expect(await initProject(fresh)).toEqual(["ratchet.yaml", "training/train.py"]);
    expect((await readProject(fresh)).definition).toMatchObject({
      model: "house-prices",
      deploy: { app: "inference-house-prices" },
    });
    await expect(initProject(fresh)).rejects.toThrow(/is not empty; give a new folder/);
  });

  test("that lacks something is refused with what to do", async () => {
    await expect(readProject(join(stage.folder, "nowhere"))).rejects.toThrow(
      /is not a folder; give the folder that holds ratchet\.yaml/,
    );
    await expect(readProject(await folder("empty"))).rejects.toThrow(/holds no ratchet\.yaml; `ratchet init/);
    const wrong = await folder("wrong");
    await cp(join(digits, "ratchet.yaml"), join(wrong, "ratchet.yaml"));
    await expect(readProject(wrong)).rejects.toThrow("training.code ./training is no folder in");
    await mkdir(join(wrong, "training"));
    await expect(readProject(wrong)).rejects.toThrow("training.code ./training holds no files");
  });
});

describe("a schema that is another than before", () => {
  let stage: TestDeployment;
  let folder: string;
  beforeAll(async () => {
    stage = await startTestDeployment();
    folder = join(stage.folder, "houses");
    await mkdir(join(folder, "training"), { recursive: true });
    await writeFile(join(folder, "training/train.py"), "");
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const usual = ["{ name: rooms, type: integer, min: 0, max: 9 }", "{ name: price, type: number }"];
  const project = async (schema: readonly string[], app = "inference-houses") => {
    const lines = schema.map((one) => `    - ${one}\n`).join("");
    const yaml = `model: houses
task: regression
data:
  label: price
  schema:
${lines}training: { code: ./training, command: python train.py, environment: e, compute: c, timeout: 1h }
gate: { metric: rmse, thresholds: { rmse: { max: 1000 } } }
deploy: { app: ${app} }
`;
    await writeFile(join(folder, "ratchet.yaml"), yaml);
    return readProject(folder);
  };
  const apply = async (schema: readonly string[], how: { readonly dryRun?: boolean } = {}) =>
    applyProject(stage.deployment, await project(schema), now, how);
  const isApplied = async () => {
    const path = paths.currentDefinition("houses");
    const current = await stage.deployment.documents("definitions").read(path, appliedDefinition);
    return current?.value.version === (await readProject(folder)).version;
  };

  /** Admits a batch under the version that is applied. */
  async function admit(batch: string, ...rows: readonly string[]): Promise<void> {
    const { deployment } = stage;
    const current = await deployment
      .documents("definitions")
      .read(paths.currentDefinition("houses"), appliedDefinition);
    const file = `houses/${batch}.csv`;
    const put = (path: string, lines: readonly string[]) => {
      const text = ["rooms,price", ...lines].map((line) => `${line}\n`).join("");
      return deployment.container("batches").getBlockBlobClient(path).upload(text, text.length);
    };
    await put(paths.batchTrain("houses", batch), rows.slice(1));
    await put(paths.batchHoldout("houses", batch), rows.slice(0, 1));
    const definitionVersion = current?.value.version ?? "";
    const manifest = { ...batchManifest.example, model: "houses", batch, file, definitionVersion };
    const documents = deployment.documents("batches");
    await documents.write(paths.batchManifest("houses", batch), batchManifest, manifest, "any");
    const at = now.toISOString();
    await documents.log(paths.admissionLog("houses"), admission).append({ kind: "admitted", batch, file, at });
  }

  test("is applied where nothing is admitted, whatever it is", async () => {
    expect(await apply(usual)).not.toHaveProperty("data");
    expect(await apply(["{ name: size, type: number }", "{ name: price, type: number }"])).not.toHaveProperty("data");
    await apply(usual);
  });

  test("is applied where it reads what was admitted, and says what becomes of it", async () => {
    await admit("000000000000000a", "1,100", "2,200");
    const wider = [
      "{ name: price, type: number }",
      "{ name: room_count, type: integer, min: 0, max: 99, was: [rooms] }",
      "{ name: garden, type: boolean, default: 'false' }",
    ];
    const expected = {
      changed: true,
      data: {
        batches: 1,
        read: 0,
        unreadable: [],
        changes: [
          { column: "room_count", kind: "renamed", detail: "was rooms" },
          { column: "room_count", kind: "widened", detail: "integer 0 to 99, was integer 0 to 9" },
          { column: "garden", kind: "added", detail: "false where it is missing" },
        ],
      },
    };
    expect(await apply(wider, { dryRun: true })).toMatchObject(expected);
    expect(await isApplied()).toBe(false);
    expect(await apply(wider)).toMatchObject(expected);
    expect(await isApplied()).toBe(true);
    await apply(usual);
  });

  test("has the rows read where it is narrower: they may fit all the same", async () => {
    const narrower = ["{ name: rooms, type: integer, min: 1, max: 2 }", "{ name: price, type: number }"];
    expect(await apply(narrower)).toMatchObject({ data: { batches: 1, read: 1, unreadable: [] } });
    await apply(usual);
  });

  test("is refused where it cannot read admitted batches, by their names and lines, and nothing is applied", async () => {
    await admit("000000000000000b", "1,100", "2,200", "9,900");
    const narrower = ["{ name: rooms, type: integer, min: 0, max: 8 }", "{ name: price, type: number }"];
    const refused = await apply(narrower).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WrongInputError);
    expect(String(refused)).toContain("1 of the 2 batches that houses has admitted cannot be read by this schema");
    expect(String(refused)).toContain(
      "houses/000000000000000b.csv: batch 000000000000000b, line 3, column rooms: 9 is greater than 8",
    );
    expect(await isApplied()).toBe(false);
    await expect(apply([...usual, "{ name: garden, type: boolean }"])).rejects.toThrow(
      /2 of the 2 batches[\s\S]*has no column garden; the schema has changed since it was admitted/,
    );
  });

  test("is held against batches that train and judge alone: one that is withdrawn is in nobody's way", async () => {
    const log = stage.deployment.documents("batches").log(paths.admissionLog("houses"), admission);
    const word = { batch: "000000000000000b", at: now.toISOString(), reason: "too large", cause: "w" };
    await log.append({ kind: "withdrawn", ...word });
    const narrower = ["{ name: rooms, type: integer, min: 0, max: 8 }", "{ name: price, type: number }"];
    expect(await apply(narrower)).toMatchObject({ data: { batches: 1, read: 1 } });
    await apply(usual);
    await log.append({ kind: "restored", ...word, cause: "r" });
  });

  test("is held against rows where what they were admitted by is not there any more", async () => {
    const container = stage.deployment.container("definitions");
    const { version } = await project(usual);
    await container.deleteBlob(paths.definitionFile("houses", version, "ratchet.yaml"));
    const wider = ["{ name: rooms, type: integer, min: 0, max: 99 }", "{ name: price, type: number }"];
    expect(await apply(wider)).toMatchObject({ data: { batches: 2, read: 2, changes: [] } });
  });
});
