import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type JsonSchema, refusals } from "./compatible.ts";

const written = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: "output" }) as JsonSchema;
const read = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
const between = (writer: z.ZodType, reader: z.ZodType) =>
  refusals(written(writer), read(reader)).map(({ path, reason }) => `${path}: ${reason}`);

const base = { model: z.string().min(1), rows: z.number().int().min(0), tags: z.array(z.string()) };

describe("a reader understands a writer whose schema", () => {
  test.each([
    ["is the same", z.object(base), z.object(base)],
    ["has a field more", z.object({ ...base, region: z.string() }), z.object(base)],
    ["lacks an optional field of the reader", z.object(base), z.object({ ...base, region: z.string().optional() })],
    ["lacks a field that has a default", z.object(base), z.object({ ...base, region: z.string().default("west") })],
    ["is narrower", z.object({ ...base, rows: z.number().int().min(5) }), z.object(base)],
    ["knows fewer words", z.object({ word: z.enum(["a"]) }), z.object({ word: z.enum(["a", "b"]) })],
    ["says one of many words", z.object({ word: z.enum(["a", "b"]) }), z.object({ word: z.string() })],
    ["never says null", z.object({ version: z.string() }), z.object({ version: z.string().nullable() })],
    ["counts where any number is read", z.object({ n: z.number().int() }), z.object({ n: z.number() })],
    ["is recursive", z.object({ any: z.json() }), z.object({ any: z.json() })],
  ])("%s", (_, writer, reader) => {
    expect(between(writer, reader)).toEqual([]);
  });
});

describe("a reader refuses a writer whose schema", () => {
  test.each([
    [
      "lacks a required field",
      z.object({ model: z.string() }),
      z.object({ model: z.string(), region: z.string() }),
      "region: may be missing, and is required by who reads it",
    ],
    [
      "may leave out what is required",
      z.object({ model: z.string().optional() }),
      z.object({ model: z.string() }),
      "model: may be missing, and is required by who reads it",
    ],
    [
      "knows a word more",
      z.object({ decision: z.enum(["promote", "defer"]) }),
      z.object({ decision: z.enum(["promote", "hold"]) }),
      'decision: may be "defer", and only promote, hold is read',
    ],
    [
      "says words that do not fit the pattern that is read",
      z.object({ status: z.enum(["completed", "timed-out"]) }),
      z.object({ status: z.string().regex(/^[a-z]+$/) }),
      'status: may be "timed-out", and what fits ^[a-z]+$ is read',
    ],
    [
      "says words that are longer than what is read",
      z.object({ status: z.enum(["completed", "failed"]) }),
      z.object({ status: z.string().max(6) }),
      'status: may be "completed", and the maxLength 6 is read',
    ],
    [
      "has a record where fields of certain names are read",
      z.object({ metrics: z.record(z.string(), z.number()) }),
      z.object({ metrics: z.object({ f1: z.string().optional() }) }),
      "metrics.f1: is number, and string is read",
    ],
    [
      "says any word where some are known",
      z.object({ decision: z.string() }),
      z.object({ decision: z.enum(["promote", "hold"]) }),
      "decision: may be anything, and only promote, hold is read",
    ],
    [
      "has another type deep inside",
      z.object({ list: z.array(z.object({ at: z.number() })) }),
      z.object({ list: z.array(z.object({ at: z.string() })) }),
      "list[].at: is number, and string is read",
    ],
    [
      "may be null",
      z.object({ version: z.string().nullable() }),
      z.object({ version: z.string() }),
      "version: is null, and string is read",
    ],
    [
      "has another pattern",
      z.object({ id: z.string().regex(/^[a-z]+$/) }),
      z.object({ id: z.string().regex(/^[a-f]+$/) }),
      'id: has another pattern: "^[a-f]+$" is read',
    ],
    [
      "has wider bounds",
      z.object({ share: z.number().min(0) }),
      z.object({ share: z.number().min(0.1) }),
      "share: has the minimum 0, and 0.1 is read",
    ],
    [
      "has values of another type in a record",
      z.object({ metrics: z.record(z.string(), z.string()) }),
      z.object({ metrics: z.record(z.string(), z.number()) }),
      "metrics.*: is string, and number is read",
    ],
    [
      "has a field that a closed reader does not know",
      z.object({ a: z.string(), b: z.string() }),
      z.strictObject({ a: z.string() }),
      "b: is a field that the reader refuses",
    ],
  ])("%s, and says where and why", (_, writer, reader, fault) => {
    expect(between(writer, reader)).toEqual([fault]);
  });
});
