/** XML that is ready to be sent; made by `element` only, so that every text has been escaped. */
export interface Xml {
  readonly xml: string;
}

type Attributes = Readonly<Record<string, string>>;

/** One element. Nothing stands between tags: the SDK's parser would take white space for text. */
export const element = (name: string, content: string | readonly Xml[] = [], attributes: Attributes = {}): Xml => {
  const inner = typeof content === "string" ? escapeXml(content) : content.map(({ xml }) => xml).join("");
  const attributeText = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
    .join("");
  return { xml: `<${name}${attributeText}>${inner}</${name}>` };
};

const xmlEntities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Control characters that XML cannot say are left out. */
const escapeXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 forbids.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/gu, "")
    .replace(/[&<>"]/gu, (character) => xmlEntities[character] ?? character);
