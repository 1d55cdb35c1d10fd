import { describe, expect, test } from "vitest";
import { readTrainingRequest } from "./training-request.ts";

describe("a request for training", () => {
  test("needs a model and nothing else", () => {
    expect(readTrainingRequest({ model: "digits" })).toEqual({ request: { model: "digits", again: false } });
    expect(readTrainingRequest({ model: "digits", again: true, requestId: "r-1" })).toEqual({
      request: { model: "digits", again: true, requestId: "r-1" },
    });
  });

  test.each([
    [{}, "model"],
    [{ model: 7 }, "model"],
    [{ model: "digits", again: "yes" }, "again"],
    [{ model: "digits", requestId: "" }, "requestId"],
    [{ model: "digits", force: true }, "force"],
    [undefined, ""],
    [["digits"], ""],
  ])("%j is answered with the field that is wrong", (body, field) => {
    expect(readTrainingRequest(body)).toEqual({ errors: [expect.objectContaining({ field })] });
  });

  test("with several faults is told all of them", () => {
    expect(readTrainingRequest({ model: "", again: 1 })).toEqual({
      errors: [expect.objectContaining({ field: "model" }), expect.objectContaining({ field: "again" })],
    });
  });
});
