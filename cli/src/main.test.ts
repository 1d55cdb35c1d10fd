import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandLineRun, runCommandLine } from "./command-line/run.ts";

/** Runs `ratchet` in a folder, without any deployment in its environment. */
function ratchet(folder: string, ...words: readonly string[]): Promise<CommandLineRun> {
  return ratchetWith({}, folder, ...words);
}

function ratchetWith(
  settings: NodeJS.ProcessEnv,
  folder: string,
  ...words: readonly string[]
): Promise<CommandLineRun> {
  const { PATH, HOME } = process.env;
  return runCommandLine(words, { cwd: folder, environment: { PATH, HOME, ...settings } });
}

describe("the ratchet command", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ratchet-main-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("helps, with every command and the exit codes, and exits with 0", async () => {
    const { code, output } = await ratchet(folder, "--help");
    expect(code).toBe(0);
    for (const word of [
      "demo",
      "up",
      "init",
      "apply",
      "drop",
      "status",
      "predict",
      "dead-letters",
      "replay",
      "rollback",
      "Exit codes",
    ])
      expect(output).toContain(word);
  });

  test("exits with 2 for what it does not know, and says so", async () => {
    const unknown = await ratchet(folder, "dance");
    expect(unknown.code).toBe(2);
    expect(unknown.errors).toContain("unknown command 'dance'");
    expect((await ratchet(folder, "rollback", "digits")).code).toBe(2);
  });

  test("exits with 2 where training is to go beyond its budget and nobody says why", async () => {
    for (const words of [["--beyond-budget"], ["--reason", "the fair"]]) {
      const { code, errors } = await ratchet(folder, "train", "digits", ...words);
      expect(code).toBe(2);
      expect(errors).toContain("--beyond-budget needs --reason");
    }
  });

  test("exits with 3 where there is nothing to talk to, and says how to change that", async () => {
    const { code, errors, output } = await ratchet(folder, "status");
    expect(code).toBe(3);
    expect(errors).toContain("run `ratchet up` in another terminal");
    expect(output).toBe("");
  });

  test("exits with 2 for a definition with faults, and names each by file and line", async () => {
    await ratchet(folder, "init", "broken");
    await writeFile(join(folder, "broken", "ratchet.yaml"), "model: Broken!\n");
    const { code, errors } = await ratchet(folder, "apply", "broken");
    expect(code).toBe(2);
    expect(errors).toContain("broken/ratchet.yaml:1:8: model: a model's name must be");
  });

  test.each([["init"], ["up", "--no-set-up", "--folder"]])(
    "exits with 2 where %s is given a file for a folder",
    async (...words) => {
      await writeFile(join(folder, "a-file"), "");
      const { code, errors } = await ratchet(folder, ...words, "a-file");
      expect(code).toBe(2);
      expect(errors).toMatch(/a-file.*give a/);
    },
  );

  test("says before it starts anything that the Python it was told to take is none", async () => {
    const { code, errors } = await ratchetWith({ RATCHET_PYTHON: "/no/python" }, folder, "up");
    expect(code).toBe(1);
    expect(errors).toContain("RATCHET_PYTHON is '/no/python'");
    expect(errors).not.toContain("Warning");
  });
});
