import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandLineOf, jsonOf, runCommandLine } from "./run.ts";

describe("the command line in a process of its own", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ratchet-run-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("gives back what it printed as JSON", async () => {
    const project = join(folder, "house-prices");
    expect(await commandLineOf(folder)("init", project)).toEqual({
      folder: project,
      files: ["ratchet.yaml", "training/train.py"],
    });
  });

  test("fails with its words where it exits with anything but 0", async () => {
    await expect(commandLineOf(folder)("init", join(folder, "house-prices"))).rejects.toThrow(
      /^ratchet init .* exited with 2; it said:\n.*is not empty; give a new folder/s,
    );
  });

  test("fails with its words where it printed no JSON", async () => {
    const run = await runCommandLine(["dance"]);
    expect(() => jsonOf(run)).toThrow(/no JSON and exited with 2; it said:\n.*unknown command 'dance'/s);
  });
});
