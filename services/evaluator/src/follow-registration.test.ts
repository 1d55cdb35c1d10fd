import { azureEvents, type Envelope, evaluateModel } from "@ratchet/contracts";
import { createOutbox, type Delivery, logTo, traceOf } from "@ratchet/messaging";
import { createRecorder } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { challengeOf, followRegistration, IncompleteRegistrationError } from "./follow-registration.ts";

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

describe("following a registration", () => {
  const now = new Date("2026-11-23T09:00:00Z");
  const announced = (modelTags: Record<string, string>): Envelope => ({
    specversion: "1.0",
    id: "a-registration",
    source: "/subscriptions/…/workspaces/ratchet",
    type: azureEvents.modelRegistered,
    subject: "models/digits-databricks:3",
    time: now.toISOString(),
    data: registered(modelTags),
  });
  function follow(event: Envelope) {
    const { said, heard, transports } = createRecorder();
    const lines: unknown[] = [];
    const keep = (line: unknown) => void lines.push(JSON.parse(String(line)));
    const outbox = createOutbox(
      "evaluator",
      { cause: event.id, traceparent: traceOf(event.id), time: now },
      transports,
    );
    const delivery: Delivery = { now, attempt: 1, log: logTo({ info: keep, warn: keep, error: keep }), outbox };
    return { said, heard, lines, done: followRegistration(event, delivery) };
  }

  test("asks for the judgement of a challenger", async () => {
    const { heard, done } = follow(announced({ ratchet: "digits", ...onnx }));
    await done;
    expect(heard(evaluateModel)).toMatchObject([{ data: { model: "digits", version: "digits-databricks-3" } }]);
  });

  test("says nothing of a model that is not for Ratchet, but logs which it was", async () => {
    const { said, lines, done } = follow(announced({}));
    await done;
    expect(said).toEqual([]);
    expect(lines).toEqual([
      { message: "a model that is not for Ratchet, or its own", subject: "models/digits-databricks:3" },
    ]);
  });
});
