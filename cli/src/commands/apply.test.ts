import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { appliedDefinition, paths } from "@ratchet/contracts";
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
