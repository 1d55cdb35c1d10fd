import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { documentKinds } from "../documents.ts";
import { commands, events } from "../messages.ts";
import type { JsonSchema } from "./compatible.ts";
import { contracts, readableDocument, readableMessage } from "./schemas.ts";

const sources = join(import.meta.dirname, "..");

/** What the files of a folder export that has this field, by file and name. */
async function definedIn(folder: string, field: string): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const file of (await readdir(join(sources, folder))).filter((name) => /(?<!\.test)\.ts$/.test(name)))
    for (const [name, value] of Object.entries(await import(join(sources, folder, file))))
      if (typeof value === "object" && value !== null && field in value) found.set(`${folder}/${file}: ${name}`, value);
  return found;
}

const left = (defined: ReadonlyMap<string, unknown>, listed: readonly unknown[]): readonly string[] =>
  [...defined].filter(([, value]) => !listed.includes(value)).map(([where]) => where);

test("every message and document that is defined is published: none is left out of the tables", async () => {
  const messages = [...(await definedIn("commands", "build")), ...(await definedIn("events", "build"))];
  expect(messages.length).toBe(commands.length + events.length);
  expect(left(new Map(messages), contracts), "list it in messages.ts").toEqual([]);
  expect(left(await definedIn("documents", "toJson"), documentKinds), "list it in documents.ts").toEqual([]);
});

/** The places in a schema that refuse fields they do not know, and so those of a later version. */
function closedIn(schema: unknown, path = ""): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { additionalProperties } = schema as JsonSchema;
  const inside = Object.entries(schema).flatMap(([key, value]) => closedIn(value, `${path}/${key}`));
  return additionalProperties === false ? [path, ...inside] : inside;
}

/** The rules of a schema that JSON Schema has no words for, so that no comparison of versions sees them change. */
function unsaidIn(schema: z.core.$ZodType, path = "", open: readonly unknown[] = []): readonly string[] {
  if (open.includes(schema)) return [];
  const { checks = [], ...def } = schema._zod.def;
  const unsaid = checks.map(({ _zod }) => _zod.def.check).filter((check) => ["custom", "overwrite"].includes(check));
  const parts = (value: unknown, at: string): readonly string[] => {
    if (value instanceof z.core.$ZodType) return unsaidIn(value, at, [...open, schema]);
    if (Array.isArray(value)) return value.flatMap((one, index) => parts(one, `${at}/${index}`));
    if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return [];
    return Object.entries(value).flatMap(([key, one]) => parts(one, `${at}/${key}`));
  };
  const shape = schema instanceof z.ZodObject ? { shape: { ...schema.shape } } : {};
  return [...unsaid.map((check) => `${path}: ${check}`), ...parts({ ...def, ...shape }, path)];
}

describe.each([
  ...contracts.map((contract) => ({ name: contract.type, read: readableMessage(contract), schema: contract.message })),
  ...documentKinds.map((kind) => ({ name: kind.name, read: readableDocument(kind), schema: kind.readable })),
])("what is read of $name", ({ read, schema }) => {
  test("may have fields of later versions, everywhere", () => {
    expect(closedIn(read)).toEqual([]);
  });

  test("is held to nothing that its schema does not say: no refine, no transform", () => {
    expect(unsaidIn(schema)).toEqual([]);
  });
});

test("a rule that no schema says, and a closed object, are found wherever they are", () => {
  const inside = z.object({ list: z.array(z.strictObject({ rows: z.number().refine((rows) => rows > 1) })) });
  expect(unsaidIn(inside)).toEqual([expect.stringMatching(/rows: custom$/)]);
  expect(closedIn(z.toJSONSchema(inside, { io: "input" }))).toEqual(["/properties/list/items"]);
});
