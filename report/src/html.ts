/** A piece of HTML that is safe to put into a page as it is. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly Part[] | undefined | false;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => escapes[one] ?? one);

function write(part: Part): string {
  if (part === undefined || part === false) return "";
  if (Array.isArray(part)) return part.map(write).join("");
  if (typeof part === "object") return (part as Html).html;
  return escaped(String(part));
}

/** Puts parts into HTML: whatever is no {@link Html} is text, whoever wrote it. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: strings.map((text, index) => text + write(parts[index])).join(""),
});
