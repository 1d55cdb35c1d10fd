import { describe, expect, test } from "vitest";
import type { CorrelationRuleFilter } from "../entities.ts";
import { messageWith } from "../testing/rule-message.ts";
import { compileRule } from "./compile-rule.ts";

const system = {
  correlationId: "c",
  messageId: "m",
  to: "t",
  replyTo: "r",
  subject: "s",
  sessionId: "i",
  replyToSessionId: "j",
  contentType: "text/plain",
};

const matches = (
  filter: Omit<CorrelationRuleFilter, "kind">,
  message = messageWith({ color: "red", size: 7 }, system),
) => compileRule({ name: "r", filter: { kind: "correlation", ...filter } }).matches(message);

describe("a correlation filter", () => {
  test.each(Object.entries(system))("compares %s", (field, value) => {
    expect(matches({ [field]: value })).toBe(true);
    expect(matches({ [field]: `${value}!` })).toBe(false);
    expect(matches({ [field]: value.toUpperCase() })).toBe(false);
    expect(matches({ [field]: value }, messageWith({}, {}))).toBe(false);
  });

  test("compares application properties by value and type", () => {
    expect(matches({ applicationProperties: { color: "red", size: 7 } })).toBe(true);
    expect(matches({ applicationProperties: { size: 7n } })).toBe(true);
    expect(matches({ applicationProperties: { size: "7" } })).toBe(false);
    expect(matches({ applicationProperties: { weight: 1 } })).toBe(false);
  });

  test("asks that everything it names is equal", () => {
    expect(matches({ subject: "s", applicationProperties: { color: "red" } })).toBe(true);
    expect(matches({ subject: "s", applicationProperties: { color: "blue" } })).toBe(false);
    expect(matches({ subject: "x", applicationProperties: { color: "red" } })).toBe(false);
  });
});
