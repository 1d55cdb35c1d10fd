import { XMLParser, XMLValidator } from "fast-xml-parser";
import { InvalidEntityError } from "../errors.ts";

/** A parsed element, or the text of one that has neither attributes nor children. Prefixes of namespaces are gone. */
export type XmlNode = unknown;

/** What the Atom entry of a PUT request carries. */
export interface EntryContent {
  /** Such as `QueueDescription`. */
  readonly root: string;
  readonly element: XmlNode;
}

const attributePrefix = "@";
const textNode = "#text";

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: attributePrefix,
  textNodeName: textNode,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
});

/**
 * The one element inside `<entry><content>`.
 * @throws {InvalidEntityError} when the body is not such a document.
 */
export const readEntry = (body: string): EntryContent => {
  const validity = XMLValidator.validate(body);
  if (validity !== true) {
    throw new InvalidEntityError(`The request body is not XML: ${validity.err.msg} (line ${validity.err.line}).`);
  }
  const content = child(child(parse(body), "entry"), "content");
  const root = Object.keys(isElement(content) ? content : {}).find(
    (name) => !name.startsWith(attributePrefix) && name !== textNode,
  );
  if (root === undefined) {
    throw new InvalidEntityError(
      "The request body is not an Atom entry: expected <entry><content>…</content></entry>.",
    );
  }
  return { root, element: child(content, root) };
};

/** The validator lets some pass that the parser does not, such as a second DOCTYPE. */
const parse = (body: string): XmlNode => {
  try {
    return parser.parse(body);
  } catch (error) {
    throw new InvalidEntityError(`The request body is not XML: ${error instanceof Error ? error.message : error}.`);
  }
};

/** The first child element of that name. */
export const child = (node: XmlNode, name: string): XmlNode => childrenOf(node, name)[0];

export const childrenOf = (node: XmlNode, name: string): readonly XmlNode[] => {
  const found = isElement(node) ? node[name] : undefined;
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
};

/** The text of an element, `""` where it is empty, undefined where there is no element. */
export const textOf = (node: XmlNode): string | undefined => {
  if (typeof node === "string") return node;
  if (!isElement(node)) return undefined;
  const text = node[textNode];
  return typeof text === "string" ? text : "";
};

export const childText = (node: XmlNode, name: string): string | undefined => textOf(child(node, name));

/** The value of `i:type`, without its own prefix. */
export const typeOf = (node: XmlNode): string | undefined => {
  const type = isElement(node) ? node[`${attributePrefix}type`] : undefined;
  return typeof type === "string" ? type.slice(type.indexOf(":") + 1) : undefined;
};

const isElement = (node: XmlNode): node is Readonly<Record<string, XmlNode>> =>
  typeof node === "object" && node !== null;
