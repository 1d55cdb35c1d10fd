import { describe, expect, test } from "vitest";
import { challengeOf, IncompleteRegistrationError } from "./follow-registration.ts";

const registered = (modelTags: Record<string, string>, modelName = "digits-databricks") => ({
  modelName,
  modelVersion: "3",
  modelTags,
  modelProperties: {},
});
const onnx = { "ratchet-onnx": "runs/databricks/3/model.onnx" };

describe("a model registered by others", () => {
  test("is judged where it is tagged as a challenger, by all batches where it names none", () => {
    expect(challengeOf(registered({ ratchet: "digits", ...onnx }))).toEqual({
      model: "digits",
      version: "digits-databricks-3",
      onnx: { container: "runs", path: "databricks/3/model.onnx" },
      trainedOn: [],
    });
  });

  test("keeps its version where it is registered under the model's own name, and names its batches", () => {
    const tags = { ratchet: "digits", ...onnx, "ratchet-batches": "3f1c9a0b5d7e2468, a1b2c3d4e5f60718" };
    expect(challengeOf(registered(tags, "digits"))).toMatchObject({
      version: "3",
      trainedOn: ["3f1c9a0b5d7e2468", "a1b2c3d4e5f60718"],
    });
  });

  test("is read whatever the casing of the event's fields", () => {
    expect(
      challengeOf({ ModelName: "digits", ModelVersion: 3, ModelTags: { Ratchet: "digits", ...onnx } }),
    ).toMatchObject({
      model: "digits",
      version: "3",
    });
  });

  test("is let be where it is not tagged, or is the training-runner's own", () => {
    expect(challengeOf(registered({}))).toBeUndefined();
    expect(challengeOf({ modelName: "digits" })).toBeUndefined();
    expect(challengeOf(registered({ ratchet: "digits", "ratchet-run": "digits-0f1e2d3c4b5a6978" }))).toBeUndefined();
  });

  test("is refused where it does not say enough, with the tag that is missing", () => {
    expect(() => challengeOf(registered({ ratchet: "digits" }))).toThrow(IncompleteRegistrationError);
    expect(() => challengeOf(registered({ ratchet: "digits" }))).toThrow(/tag it ratchet-onnx: <container>\/<path>/);
    expect(() => challengeOf(registered({ ratchet: "Digits!", ...onnx }))).toThrow(/model: a model's name must be/);
    expect(() => challengeOf(registered({ ratchet: "digits", ...onnx, "ratchet-batches": "one" }))).toThrow(
      /trainedOn/,
    );
  });
});
