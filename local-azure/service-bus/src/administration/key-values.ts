import type { RuleParameter } from "../entities.ts";
import { InvalidEntityError } from "../errors.ts";
import { child, childrenOf, childText, textOf, typeOf, type XmlNode } from "./xml-reader.ts";
import { element, type Xml } from "./xml-writer.ts";

const pairElement = "KeyValueOfstringanyType";
const schemaNamespace = "http://www.w3.org/2001/XMLSchema";

/**
 * Typed values by name, as filters and actions carry them; undefined where the element is missing or empty.
 * @throws {InvalidEntityError} when a pair has no key, or its value is not of its type.
 */
export const readKeyValues = (node: XmlNode): Readonly<Record<string, RuleParameter>> | undefined => {
  const pairs = childrenOf(node, pairElement).map((pair) => {
    const key = childText(pair, "Key");
    if (key === undefined) throw new InvalidEntityError(`A ${pairElement} needs a Key.`);
    return [key, readValue(key, child(pair, "Value"))] as const;
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
};

/** The prefix is `d6p1`, as the service's: the SDK cuts it off by its length. */
export const writeKeyValues = (name: string, values: Readonly<Record<string, RuleParameter>>): Xml =>
  element(
    name,
    Object.entries(values).map(([key, value]) => {
      const { type, text } = writeValue(value);
      const attributes = { "i:type": `d6p1:${type}`, "xmlns:d6p1": schemaNamespace };
      return element(pairElement, [element("Key", key), element("Value", text, attributes)]);
    }),
  );

const readValue = (key: string, node: XmlNode): RuleParameter => {
  const type = typeOf(node) ?? "string";
  const text = textOf(node) ?? "";
  switch (type) {
    case "boolean":
      return text === "true" || text === "1";
    case "byte":
    case "short":
    case "int":
    case "long":
      return readWith(key, type, text, BigInt);
    case "float":
    case "double":
    case "decimal":
      return readWith(key, type, text, (value) => finite(Number(value)));
    case "dateTime":
      return readWith(key, type, text, (value) => new Date(finite(Date.parse(value))));
    default:
      return text;
  }
};

const readWith = <Value>(key: string, type: string, text: string, read: (text: string) => Value): Value => {
  try {
    return read(text);
  } catch {
    throw new InvalidEntityError(`The value of '${key}' is no ${type}: '${text}'.`);
  }
};

const finite = (value: number): number => {
  if (!Number.isFinite(value)) throw new RangeError("not finite");
  return value;
};

const writeValue = (value: RuleParameter): { readonly type: string; readonly text: string } => {
  if (value instanceof Date) return { type: "dateTime", text: value.toISOString() };
  if (typeof value === "bigint") return { type: BigInt.asIntN(32, value) === value ? "int" : "long", text: `${value}` };
  if (typeof value === "number") return { type: "double", text: String(value) };
  return { type: typeof value, text: String(value) };
};
