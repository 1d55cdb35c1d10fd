/** What stands for a key of an object: its text as a field, empty for null; or why it can be none. */
export type JsonValue = { readonly text: string } | { readonly nested: "an object" | "an array" };

/** A line that is not one JSON object. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
}

const blank = /[ \t\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /(?:true|false|null)(?![A-Za-z0-9_])/y;
const bareWord = /[A-Za-z_]+/y;
const notVerbatim = /[\\\p{Cc}]/u;

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

/** Where a string that begins at a quote ends: behind its last quote. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text[before - 1] === "\\") before -= 1;
    if ((at - before) % 2 === 0) return at + 1;
  }
  throw new JsonSyntaxError("a quote is opened and never closed");
}

function stringOf(raw: string): string {
  if (!notVerbatim.test(raw)) return raw.slice(1, -1);
  let text: string;
  try {
    text = JSON.parse(raw);
  } catch {
    throw new JsonSyntaxError(`${raw.slice(0, 40)} is no JSON string; escape control characters and backslashes`);
  }
  if (!text.isWellFormed())
    throw new JsonSyntaxError(`${raw.slice(0, 40)} has half a surrogate pair, which is no character`);
  if (text.includes("\0"))
    throw new JsonSyntaxError(`${raw.slice(0, 40)} has a NUL character, which no field may have`);
  return text;
}

function show(text: string, at: number): string {
  const rest = text.slice(at).trimEnd();
  if (rest === "") return "the line ends";
  return `${JSON.stringify(rest.length > 20 ? `${rest.slice(0, 20)}…` : rest)} stands`;
}

/**
 * Gives the keys of an object that fills a line, one by one, in its order. Not by JSON.parse: that rounds large integers and
 * long decimals, and of a key that stands twice it keeps one silently. Numbers stay the text that they are.
 * @throws {JsonSyntaxError} when the line is anything else by RFC 8259.
 */
export function readObject(line: string, take: (key: string, value: JsonValue) => void): void {
  let at = 0;
  const skip = (): void => {
    at += matchAt(blank, line, at).length;
  };
  const fail = (wanted: string): never => {
    throw new JsonSyntaxError(`${show(line, at)} where ${wanted} is due`);
  };
  const expect = (character: string, wanted: string): void => {
    skip();
    if (line[at] !== character) fail(wanted);
    at += 1;
  };
  function string(): string {
    const end = endOfString(line, at);
    const text = stringOf(line.slice(at, end));
    at = end;
    return text;
  }
  function value(): JsonValue {
    skip();
    const first = line[at];
    if (first === '"') return { text: string() };
    // What is in it nobody reads: the row is refused.
    if (first === "{") return { nested: "an object" };
    if (first === "[") return { nested: "an array" };
    const literal = matchAt(number, line, at) || matchAt(word, line, at);
    if (literal === "")
      fail(matchAt(bareWord, line, at) ? "null, true, false, a number or a string in double quotes" : "a value");
    at += literal.length;
    return { text: literal === "null" ? "" : literal };
  }

  expect("{", "an object");
  skip();
  if (line[at] === "}") at += 1;
  else
    for (;;) {
      skip();
      if (line[at] !== '"') fail("a key in double quotes");
      const key = string();
      expect(":", "a colon");
      const read = value();
      take(key, read);
      if ("nested" in read) return;
      skip();
      if (line[at] === "}") {
        at += 1;
        break;
      }
      expect(",", "a comma or the end of the object");
    }
  skip();
  if (at < line.length) fail("the end of the line");
}
