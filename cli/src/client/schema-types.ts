/** A JSON Schema, as far as an inference app writes it. */
export type Schema = Readonly<Record<string, unknown>>;

/** A schema with a keyword that has no type here. */
export class UnknownSchemaError extends Error {
  override readonly name = "UnknownSchemaError";
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const schemasIn = (value: unknown): readonly Schema[] => (Array.isArray(value) ? value.filter(isSchema) : []);

const indented = (text: string): string => text.replaceAll("\n", "\n  ");

/** A name as it stands in an object type. */
const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** A comment, which no text can end. */
const comment = (text: unknown): string =>
  typeof text === "string" && text !== "" ? `/** ${text.replaceAll("*/", "* /").replaceAll(/\s+/g, " ")} */\n` : "";

/** What a field is worth knowing for who fills it in. */
function said({ description, minimum, maximum, anyOf }: Schema): string {
  const [first] = schemasIn(anyOf);
  const [min, max] = [minimum ?? first?.["minimum"], maximum ?? first?.["maximum"]];
  const range = typeof min === "number" && typeof max === "number" && Math.abs(max) < 1e9 ? `${min} to ${max}.` : "";
  return comment([description, range].filter((part) => part !== undefined && part !== "").join(" "));
}

function objectType(schema: Schema): string {
  const { properties, required } = schema;
  if (!isSchema(properties)) return "Readonly<Record<string, unknown>>";
  const needed = new Set(Array.isArray(required) ? required : []);
  const fields = Object.entries(properties).map(([name, value]) => {
    const field = isSchema(value) ? value : {};
    return `${said(field)}readonly ${key(name)}${needed.has(name) ? "" : "?"}: ${typeOf(field)};`;
  });
  return `{\n  ${indented(fields.join("\n"))}\n}`;
}

const union = (types: readonly string[]): string => [...new Set(types)].join(" | ");

const words: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  null: "null",
};

function arrayType({ items, prefixItems }: Schema): string {
  if (prefixItems !== undefined) return `readonly [${schemasIn(prefixItems).map(typeOf).join(", ")}]`;
  const item = typeOf(isSchema(items) ? items : {});
  return / \| /.test(item) && !item.startsWith("{")
    ? `readonly (${item})[]`
    : `readonly ${item.startsWith("readonly ") ? `(${item})` : item}[]`;
}

/**
 * The TypeScript type of what fits a schema.
 * @throws {UnknownSchemaError} when the schema says it in words that are not known here.
 */
export function typeOf(schema: Schema): string {
  const { $ref: reference, const: constant, enum: values, anyOf, oneOf, type } = schema;
  if (typeof reference === "string") return reference.slice(reference.lastIndexOf("/") + 1);
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(values)) return union(values.map((value) => JSON.stringify(value)));
  if (anyOf !== undefined || oneOf !== undefined) return union(schemasIn(anyOf ?? oneOf).map(typeOf));
  if (type === "object") return objectType(schema);
  if (type === "array") return arrayType(schema);
  if (type === undefined) return "unknown";
  const types = (Array.isArray(type) ? type : [type]).map((one) => words[String(one)]);
  const known = types.filter((one) => one !== undefined);
  if (known.length !== types.length) throw new UnknownSchemaError(`there is no type for ${JSON.stringify(schema)}`);
  return union(known);
}

/** A schema as an exported type under a name. */
export function declaration(name: string, schema: Schema): string {
  const type = typeOf(schema);
  return type.startsWith("{") ? `export interface ${name} ${type}\n` : `export type ${name} = ${type};\n`;
}
