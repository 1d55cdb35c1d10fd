import { given } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { type CodeMoved, codeDecider } from "./current-code.ts";

const [first, second] = ["a".repeat(64), "b".repeat(64)];
const moved = (code: string, releasedAt: string): CodeMoved => ({ kind: "moved", code, releasedAt });

describe("the current code", () => {
  test("is the code that was released first, until newer code is", () => {
    const past = moved(first, "2026-11-23T09:00:00Z");
    given(codeDecider).when({ code: first, releasedAt: "2026-11-23T09:00:00Z" }).then(past);
    const newer = { code: second, releasedAt: "2026-11-23T09:00:01Z" };
    given(codeDecider, past).when(newer).then(moved(second, "2026-11-23T09:00:01Z"));
    expect(given(codeDecider, past, moved(second, "2026-11-23T09:00:01Z")).state).toEqual(newer);
  });

  test("stays where older code comes late, or the same comes again", () => {
    const past = [moved(first, "2026-11-23T09:00:00Z")];
    given(codeDecider, ...past)
      .when({ code: second, releasedAt: "2026-11-23T08:59:59Z" })
      .thenNothing();
    given(codeDecider, ...past)
      .when({ code: first, releasedAt: "2026-11-23T09:00:00Z" })
      .thenNothing();
  });

  test("goes by the time, not by how it is written: offsets and fractions of seconds count", () => {
    const past = moved(first, "2026-11-23T09:00:00.5Z");
    given(codeDecider, past).when({ code: second, releasedAt: "2026-11-23T09:30:00+01:00" }).thenNothing();
    given(codeDecider, past)
      .when({ code: second, releasedAt: "2026-11-23T09:00:00.6Z" })
      .then(moved(second, "2026-11-23T09:00:00.6Z"));
  });
});
