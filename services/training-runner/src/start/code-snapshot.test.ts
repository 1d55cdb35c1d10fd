import { appliedProject, sha256 } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { projectYaml } from "../testing/project-yaml.ts";
import { NoTrainingCodeError, planSnapshot } from "./code-snapshot.ts";

const files = {
  "ratchet.yaml": "…",
  "training/train.sh": "echo",
  "training/lib/net.py": "pass",
  "training-notes.md": "not code",
  "data/sample.csv": "a,b",
};
const plan = (source = projectYaml("digits"), all: Readonly<Record<string, string>> = files) =>
  planSnapshot(appliedProject(source, all));

describe("a run's code", () => {
  test("is the files below training.code, named from there, and the definition", () => {
    const { files: snapshot } = plan();
    expect(snapshot.map(({ path }) => path)).toEqual(["definition.json", "lib/net.py", "train.sh"]);
    expect(snapshot[2]).toMatchObject({ sha256: sha256("echo") });
    expect(snapshot[2]).toHaveProperty("copyOf", expect.stringMatching(/^digits\/[0-9a-f]{16}\/training\/train\.sh$/));
  });

  test("gives the training its definition, durations in milliseconds and ranges of columns as they were written", () => {
    const definition = JSON.parse(Object(plan().files[0]).text);
    expect(definition).toMatchObject({ model: "digits", training: { timeout: 3_600_000 } });
    expect(definition.data.schema[0].name).toBe("pixel[0..3]");
  });

  test("has the same digest for the same content, and another for any change of code or definition", () => {
    const { sha256: digest } = plan();
    expect(plan(undefined, { ...files, "data/sample.csv": "other" }).sha256).toBe(digest);
    expect(plan(undefined, { ...files, "training/train.sh": "other" }).sha256).not.toBe(digest);
    expect(plan(projectYaml("digits", "  warmStart: false")).sha256).not.toBe(digest);
  });

  test("can be the whole project", () => {
    const whole = plan(projectYaml("digits").replace("./training", "."));
    expect(whole.files.map(({ path }) => path)).toContain("training/train.sh");
  });

  test("that is not there is told with what to do", () => {
    expect(() => plan(undefined, { "ratchet.yaml": "…" })).toThrow(NoTrainingCodeError);
    expect(() => plan(undefined, { "ratchet.yaml": "…" })).toThrow(/training\.code, \.\/training; correct it/);
  });
});
