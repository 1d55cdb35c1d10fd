import { isDeepStrictEqual } from "node:util";

/** A JSON Schema (2020-12), as far as zod writes it. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Something that a writer may say and a reader would refuse. */
export interface Refusal {
  /** e.g. `data.warmStart` */
  readonly path: string;
  readonly reason: string;
}

/** Keywords that say nothing about what is valid. */
const annotations = new Set(["title", "description", "default", "examples", "$schema", "$id", "$defs", "$ref"]);

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const schemasIn = (value: unknown): Readonly<Record<string, JsonSchema>> =>
  (isSchema(value) ? value : {}) as Readonly<Record<string, JsonSchema>>;

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Bounds of which the reader's may not be narrower: the lower ones by `>`, the upper ones by `<`. */
const lowerBounds = ["minLength", "minItems", "minimum", "exclusiveMinimum"];
const upperBounds = ["maxLength", "maxItems", "maximum", "exclusiveMaximum"];

/** What is compared structurally; any other keyword of the reader must stand in the writer's schema as it is. */
const understood = new Set([
  ...lowerBounds,
  ...upperBounds,
  "type",
  "properties",
  "required",
  "additionalProperties",
  "propertyNames",
  "items",
  "enum",
  "const",
  "anyOf",
]);

/** The alternatives of a schema, each of one type. */
function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  const { anyOf, type, ...rest } = schema;
  if (Array.isArray(anyOf)) return anyOf.flatMap((branch) => (isSchema(branch) ? branchesOf(branch) : []));
  if (Array.isArray(type)) return type.map((one) => ({ ...rest, type: one }));
  return [schema];
}

/** The only values that a schema admits; undefined where it admits others of its type. */
function valuesOf({ enum: values, const: value }: JsonSchema): readonly unknown[] | undefined {
  if (value !== undefined) return [value];
  return Array.isArray(values) ? values : undefined;
}

const typeOf = (value: unknown): string => (value === null ? "null" : typeof value);

/** What a reader expects where it refuses this very value; undefined where it takes it. */
function expectedInstead(value: unknown, reader: JsonSchema): string | undefined {
  const { type, pattern } = reader;
  const isOfType = type === "integer" ? Number.isInteger(value) : type === undefined || typeOf(value) === type;
  if (!isOfType) return `a ${String(type)}`;
  if (typeof pattern === "string" && typeof value === "string" && !new RegExp(pattern, "u").test(value))
    return `what fits ${pattern}`;
  const size = typeof value === "string" ? value.length : Number(value);
  const beyond = Object.entries({
    minLength: (bound: number) => size < bound,
    maxLength: (bound: number) => size > bound,
    minimum: (bound: number) => size < bound,
    maximum: (bound: number) => size > bound,
    exclusiveMinimum: (bound: number) => size <= bound,
    exclusiveMaximum: (bound: number) => size >= bound,
  }).find(([keyword, isBeyond]) => typeof reader[keyword] === "number" && isBeyond(reader[keyword]));
  return beyond && `the ${beyond[0]} ${String(reader[beyond[0]])}`;
}

/** Compares the schemas of one writer and one reader. */
function comparison(writerRoot: JsonSchema, readerRoot: JsonSchema) {
  /** Pairs under comparison: a schema may refer to itself. */
  const open = new Set<string>();

  const resolved = (schema: JsonSchema, root: JsonSchema): JsonSchema => {
    const { $ref } = schema;
    if (typeof $ref !== "string") return schema;
    return schemasIn(root["$defs"])[$ref.replace("#/$defs/", "")] ?? schema;
  };

  function between(writer: JsonSchema, reader: JsonSchema, path: string): readonly Refusal[] {
    const pair = `${writer["$ref"]} ${reader["$ref"]}`;
    if (writer["$ref"] !== undefined && reader["$ref"] !== undefined) {
      if (open.has(pair)) return [];
      open.add(pair);
    }
    const readers = branchesOf(resolved(reader, readerRoot));
    return branchesOf(resolved(writer, writerRoot)).flatMap((branch) => {
      const attempts = readers.map((candidate) => ofBranch(branch, candidate, path));
      return attempts.reduce((fewest, next) => (next.length < fewest.length ? next : fewest));
    });
  }

  function ofBranch(writer: JsonSchema, reader: JsonSchema, path: string): readonly Refusal[] {
    const refusal = (reason: string): Refusal => ({ path, reason });
    const written = valuesOf(writer);
    const read = valuesOf(reader);
    if (read) {
      const unknown = written?.filter((value) => !read.includes(value));
      if (!unknown) return [refusal(`may be anything, and only ${read.map(String).join(", ")} is read`)];
      return unknown.map((value) => refusal(`may be ${JSON.stringify(value)}, and only ${read.join(", ")} is read`));
    }
    const { type } = reader;
    if (written)
      return written.flatMap((value) => {
        const expected = expectedInstead(value, reader);
        return expected === undefined ? [] : [refusal(`may be ${JSON.stringify(value)}, and ${expected} is read`)];
      });
    if (type !== undefined && writer["type"] !== type && !(writer["type"] === "integer" && type === "number"))
      return [refusal(`is ${String(writer["type"] ?? "anything")}, and ${String(type)} is read`)];
    return [
      ...ofObject(writer, reader, path),
      ...(isSchema(reader["items"]) ? between(schemasIn(writer)["items"] ?? {}, reader["items"], `${path}[]`) : []),
      ...ofBounds(writer, reader).map(refusal),
      ...Object.keys(reader)
        .filter((keyword) => !understood.has(keyword) && !annotations.has(keyword))
        .filter((keyword) => !isDeepStrictEqual(writer[keyword], reader[keyword]))
        .map((keyword) => refusal(`has another ${keyword}: ${JSON.stringify(reader[keyword])} is read`)),
    ];
  }

  function ofObject(writer: JsonSchema, reader: JsonSchema, path: string): readonly Refusal[] {
    const at = (name: string) => (path === "" ? name : `${path}.${name}`);
    const fields = schemasIn(writer["properties"]);
    const known = schemasIn(reader["properties"]);
    const always = listIn(writer["required"]);
    const { additionalProperties: others } = reader;
    return [
      ...listIn(reader["required"])
        .map(String)
        .filter((name) => !always.includes(name))
        .map((name) => ({ path: at(name), reason: "may be missing, and is required by who reads it" })),
      ...Object.entries(fields).flatMap(([name, field]) => {
        const expected = known[name] ?? others;
        if (expected === false) return [{ path: at(name), reason: "is a field that the reader refuses" }];
        return isSchema(expected) ? between(field, expected, at(name)) : [];
      }),
      ...(isSchema(others) && isSchema(writer["additionalProperties"])
        ? between(writer["additionalProperties"], others, at("*"))
        : []),
      ...ofNamesInRecord(writer, known, at),
      ...(isSchema(reader["propertyNames"])
        ? between(schemasIn(writer)["propertyNames"] ?? {}, reader["propertyNames"], at("(names)"))
        : []),
    ];
  }

  /** A record's fields may have any name, and so one that the reader knows as something else. */
  function ofNamesInRecord(
    { properties, additionalProperties: values }: JsonSchema,
    known: Readonly<Record<string, JsonSchema>>,
    at: (name: string) => string,
  ): readonly Refusal[] {
    if (!isSchema(values) || Object.keys(values).length === 0) return [];
    const fields = schemasIn(properties);
    return Object.entries(known).flatMap(([name, field]) => (fields[name] ? [] : between(values, field, at(name))));
  }

  function ofBounds(writer: JsonSchema, reader: JsonSchema): readonly string[] {
    const narrower = (keyword: string, isNarrower: (read: number, written: number) => boolean) => {
      const { [keyword]: bound } = reader;
      const { [keyword]: written } = writer;
      if (typeof bound !== "number") return [];
      if (typeof written === "number" && !isNarrower(bound, written)) return [];
      return [`has the ${keyword} ${written ?? "of none"}, and ${bound} is read`];
    };
    return [
      ...lowerBounds.flatMap((keyword) => narrower(keyword, (read, written) => read > written)),
      ...upperBounds.flatMap((keyword) => narrower(keyword, (read, written) => read < written)),
    ];
  }

  return between(writerRoot, readerRoot, "");
}

/**
 * Where a reader who keeps to one schema would refuse what a writer who keeps to another may say: empty where the reader
 * understands all of it. Fields that the reader does not know are ignored unless it says that it refuses them.
 */
export const refusals = (writer: JsonSchema, reader: JsonSchema): readonly Refusal[] => comparison(writer, reader);
