import { describe, expect, test } from "vitest";
import { readAllowanceRequest } from "./allowance-request.ts";

describe("a request for more hours", () => {
  test("needs hours and a reason, and nothing else", () => {
    const bare = { hours: 0.5, reason: "the fair" };
    expect(readAllowanceRequest(bare)).toEqual({ request: bare });
    const full = { ...bare, requestedBy: "ada", requestId: "r-1" };
    expect(readAllowanceRequest(full)).toEqual({ request: full });
  });

  test.each([
    [{ reason: "x" }, "hours"],
    [{ hours: 0, reason: "x" }, "hours"],
    [{ hours: -1, reason: "x" }, "hours"],
    [{ hours: "5", reason: "x" }, "hours"],
    [{ hours: Number.POSITIVE_INFINITY, reason: "x" }, "hours"],
    [{ hours: 10_001, reason: "x" }, "hours"],
    [{ hours: 5 }, "reason"],
    [{ hours: 5, reason: "  " }, "reason"],
    [{ hours: 5, reason: "x", requestedBy: 7 }, "requestedBy"],
    [{ hours: 5, reason: "x", requestId: "a b" }, "requestId"],
    [{ hours: 5, reason: "x", days: 3 }, "days"],
    [undefined, ""],
    [[5], ""],
  ])("%j is answered with the field that is wrong", (body, field) => {
    expect(readAllowanceRequest(body)).toEqual({ errors: [expect.objectContaining({ field })] });
  });
});
