import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findOrInstallPython } from "@local-azure/machine-learning";
import { parseDefinition } from "@ratchet/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { initProject } from "./init.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-from-data-"));
});
afterAll(() => rm(folder, { recursive: true }));

const helper = join(import.meta.dirname, "../../../training/ratchet_training.py");
const rows = Array.from(
  { length: 80 },
  (_, row) => `${row / 7},${row % 3 ? row : ""},${row % 2 ? "rain" : "sun"},${row * 1.5}`,
);

test.each(["sky", "heat"])(
  "the code that is written for a file trains on it to a model, missing values and all: %s",
  async (label) => {
    const [file, project] = [join(folder, `${label}.csv`), join(folder, label)];
    await writeFile(file, ["x,y,sky,heat", ...rows].join("\n"));
    await initProject(project, { file, label });
    const definition = parseDefinition(await readFile(join(project, "ratchet.yaml"), "utf8"));
    const code = join(project, "training");
    await copyFile(helper, join(code, "ratchet_training.py"));
    await writeFile(join(code, "definition.json"), JSON.stringify(definition));
    const [train, none, out] = ["train", "none", "out"].map((name) => join(project, name)) as [string, string, string];
    for (const one of [train, none]) await mkdir(one);
    await copyFile(file, join(train, "train.csv"));
    const { path: python } = await findOrInstallPython({ install: false, variable: "RATCHET_PYTHON" });
    const run = (warmStart: string) =>
      promisify(execFile)(
        python,
        ["-B", "-W", "ignore", "train.py", "--train", train, "--warm-start", warmStart, "--out", out],
        { cwd: code },
      );
    expect((await run(none)).stdout).toMatch(/metric watched-loss=\d/);
    expect(await readdir(out)).toEqual(["checkpoint.pt", "model.onnx"]);
    expect((await run(out)).stdout).toMatch(/metric watched-loss=\d/);
  },
  120_000,
);
