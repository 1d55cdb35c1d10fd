import { describe, expect, test } from "vitest";
import type { RuleMessage } from "../message.ts";
import { messageWith } from "../testing/rule-message.ts";
import { compileRule } from "./compile-rule.ts";
import { RuleEvaluationError } from "./errors.ts";

const changes = (sqlExpression: string, message: RuleMessage, sqlParameters = {}) => {
  const rule = compileRule({ name: "r", filter: { kind: "true" }, action: { sqlExpression, sqlParameters } });
  const { system, applicationProperties } = rule.changes(message) ?? {
    system: new Map(),
    applicationProperties: new Map(),
  };
  return { system: Object.fromEntries(system), applicationProperties: Object.fromEntries(applicationProperties) };
};

const order = messageWith({ color: "red", quantity: 7, express: true }, { subject: "order", messageId: "m-1" });

describe("a SQL action", () => {
  test("names only what changes", () => {
    expect(changes("SET source = 'web'; REMOVE color", order)).toEqual({
      system: {},
      applicationProperties: { source: "web", color: undefined },
    });
  });

  test("sets and removes system properties", () => {
    expect(
      changes("SET sys.Label = 'urgent ' + color; SET sys.ReplyTo = 'q', REMOVE sys.MessageId", order).system,
    ).toEqual({
      subject: "urgent red",
      replyTo: "q",
      messageId: undefined,
    });
  });

  test("needs no separator between statements", () => {
    expect(changes("SET a = 1 SET b = 2", order).applicationProperties).toEqual({ a: 1n, b: 2n });
  });

  test("lets each statement see what those before it did", () => {
    expect(
      changes("SET n = quantity + 1; SET n = n * 2; REMOVE color; SET c = color", order).applicationProperties,
    ).toEqual({
      n: 16n,
      color: undefined,
      c: null,
    });
  });

  test("writes over a property whose name differs in case only", () => {
    expect(changes("SET COLOR = 'blue'", order).applicationProperties).toEqual({ color: "blue" });
  });

  test("gives a value the type that the property has already, where it can", () => {
    expect(changes("SET quantity = '8'; SET color = 5; SET express = 'False'", order).applicationProperties).toEqual({
      quantity: 8,
      color: "5",
      express: false,
    });
    expect(changes("SET quantity = 'many'; SET express = 'perhaps'", order).applicationProperties).toEqual({
      quantity: "many",
      express: "perhaps",
    });
  });

  test("sets a property to null where the value is unknown", () => {
    expect(changes("SET x = missing + 1", order).applicationProperties).toEqual({ x: null });
  });

  test("reads parameters", () => {
    expect(changes("SET source = @from", order, { "@from": "shop" }).applicationProperties).toEqual({ source: "shop" });
  });

  test("writes numbers and dates as text into system properties", () => {
    const message = messageWith({ at: new Date(0), bytes: Uint8Array.of(1) });
    expect(changes("SET sys.CorrelationId = 12; SET sys.SessionId = at", message).system).toEqual({
      correlationId: "12",
      sessionId: "1970-01-01T00:00:00.000Z",
    });
    expect(() => changes("SET sys.To = bytes", message)).toThrow("takes a text, not bytes");
  });

  test("fails on a system property that it may not change or that is not there", () => {
    expect(() => changes("SET sys.SequenceNumber = 1", order)).toThrow("cannot change sys.SequenceNumber");
    expect(() => changes("REMOVE sys.Colour", order)).toThrow(RuleEvaluationError);
  });

  test("is absent from a rule without one", () => {
    expect(compileRule({ name: "r", filter: { kind: "true" } }).changes(order)).toBeUndefined();
  });
});
