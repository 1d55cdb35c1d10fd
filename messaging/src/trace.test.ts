import { describe, expect, test } from "vitest";
import { childOf, traceOf } from "./trace.ts";

describe("a trace", () => {
  test("begins the same each time the same message is delivered", () => {
    expect(traceOf("event-1")).toBe(traceOf("event-1"));
    expect(traceOf("event-1")).not.toBe(traceOf("event-2"));
    expect(traceOf("event-1")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  test("goes on in a span of its own", () => {
    const parent = traceOf("event-1");
    const child = childOf(parent);
    expect(child.split("-")[1]).toBe(parent.split("-")[1]);
    expect(child.split("-")[2]).not.toBe(parent.split("-")[2]);
    expect(child).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(childOf(parent)).not.toBe(child);
    expect(childOf(parent.replace(/01$/, "00"))).toMatch(/-00$/);
  });
});
