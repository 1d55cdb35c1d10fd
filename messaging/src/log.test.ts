import { blobSubject, checkRun, modelJudged, trainModel } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { aboutOf, logTo } from "./log.ts";

function recording() {
  const lines: { readonly level: string; readonly line: Readonly<Record<string, unknown>> }[] = [];
  const sink = (level: string) => (text: unknown) => void lines.push({ level, line: JSON.parse(String(text)) });
  return {
    lines,
    log: logTo({ info: sink("info"), warn: sink("warn"), error: sink("error") }, { service: "evaluator" }),
  };
}

describe("a line of the log", () => {
  test("is the message with dimensions and details as fields of their own", () => {
    const { lines, log } = recording();
    log.with({ model: "digits", run: "digits-1", attempt: 2 }).warn("judged: hold", { reasons: ["too few rows"] });
    expect(lines).toEqual([
      {
        level: "warn",
        line: {
          message: "judged: hold",
          service: "evaluator",
          model: "digits",
          run: "digits-1",
          attempt: 2,
          reasons: ["too few rows"],
        },
      },
    ]);
  });

  test("keeps a dimension whatever a detail of the same name says", () => {
    const { lines, log } = recording();
    log.with({ model: "digits" }).info("seen", { model: "weather" });
    expect(lines[0]?.line).toMatchObject({ model: "digits" });
  });
});

test("a line keeps its own words, whatever a detail is called", () => {
  const { lines, log } = recording();
  log.warn("attempt 1 failed", { name: "Error", message: "reset" });
  expect(lines[0]?.line).toMatchObject({ message: "attempt 1 failed", name: "Error" });
});

test("a dimension that is not known leaves the name to a detail", () => {
  const { lines, log } = recording();
  log.with({ version: undefined }).info("submitted", { version: "7" });
  expect(lines[0]?.line).toMatchObject({ version: "7" });
});

describe("what a message is about", () => {
  const occasion = { source: "test", cause: "a cause", time: new Date(0) };

  test("is read from the data of Ratchet's own messages", () => {
    expect(aboutOf(checkRun.build(checkRun.example, occasion))).toMatchObject({
      model: "digits",
      run: "digits-0f1e2d3c4b5a6978",
    });
    expect(aboutOf(modelJudged.build(modelJudged.example, occasion))).toMatchObject({ model: "digits", version: "7" });
    expect(aboutOf(trainModel.build(trainModel.example, occasion)).run).toBeUndefined();
  });

  test("is read from the path of the blob where Azure tells of one", () => {
    expect(aboutOf({ subject: blobSubject("drops", "digits/today/1.csv"), data: {} })).toMatchObject({
      model: "digits",
    });
    expect(aboutOf({ subject: blobSubject("outputs", "digits-1/done/_DONE.json"), data: {} })).toMatchObject({
      run: "digits-1",
    });
    expect(aboutOf({ subject: "runs/digits-1", data: { RunId: "digits-1" } })).toMatchObject({ run: "digits-1" });
    expect(aboutOf({ subject: "somewhere", data: "words" })).toEqual({
      model: undefined,
      run: undefined,
      version: undefined,
    });
  });
});
