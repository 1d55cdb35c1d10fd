import { RuleSyntaxError } from "./errors.ts";
import type { Literal } from "./syntax.ts";

export type Token = {
  /** Offset of the first character. */
  readonly start: number;
  /** As written, for error messages. */
  readonly text: string;
} & (
  | { readonly kind: "literal"; readonly value: Literal }
  /** `quoted` names ("name", [name]) may be reserved words; regular ones may not. */
  | { readonly kind: "name"; readonly name: string; readonly quoted: boolean }
  | { readonly kind: "keyword"; readonly keyword: Keyword }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "symbol"; readonly symbol: string }
  | { readonly kind: "end" }
);

const keywords = ["AND", "OR", "NOT", "IN", "LIKE", "ESCAPE", "IS", "NULL", "EXISTS", "SET", "REMOVE"] as const;
export type Keyword = (typeof keywords)[number];

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["TRUE", true],
  ["FALSE", false],
]);

const maxInt64 = 2n ** 63n - 1n;

const spacePattern = /\s+/uy;
const namePattern = /\p{L}[_\p{L}\p{Nd}]*/uy;
const parameterPattern = /@[_\p{L}][_\p{L}\p{Nd}]*/uy;
const stringPattern = /'(?:[^']|'')*'/uy;
const bracketedPattern = /\[(?:[^\]]|\]\])*\]/uy;
const quotedPattern = /"(?:[^"]|"")*"/uy;
const hexadecimalPattern = /0[xX][0-9a-fA-F]+/uy;
const doublePattern = /(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/uy;
const integerPattern = /\d+/uy;
const symbolPattern = /<>|!=|<=|>=|[=<>+\-*/%(),.;]/uy;

/**
 * Splits SQL text into tokens, the last of which is always `end`.
 * @throws {RuleSyntaxError} when something in it is no token of the grammar.
 */
export const tokenize = (source: string): readonly Token[] => {
  const tokens: Token[] = [];
  let position = skipSpace(source, 0);
  while (position < source.length) {
    const token = tokenAt(source, position);
    tokens.push(token);
    position = skipSpace(source, position + token.text.length);
  }
  return [...tokens, { kind: "end", start: source.length, text: "" }];
};

/** How a token is named in an error message. */
export const describe = (token: Token): string => (token.kind === "end" ? "the end of the text" : `"${token.text}"`);

const match = (pattern: RegExp, source: string, position: number): string | undefined => {
  pattern.lastIndex = position;
  return pattern.exec(source)?.[0];
};

const skipSpace = (source: string, position: number): number =>
  position + (match(spacePattern, source, position)?.length ?? 0);

const tokenAt = (source: string, start: number): Token => {
  const name = match(namePattern, source, start);
  if (name !== undefined) return word(name, start);
  const parameter = match(parameterPattern, source, start);
  if (parameter !== undefined) return { kind: "parameter", start, text: parameter, name: parameter.slice(1) };
  return quotedAt(source, start) ?? numberAt(source, start) ?? symbolAt(source, start);
};

const word = (text: string, start: number): Token => {
  const upper = text.toUpperCase();
  const boolean = booleans.get(upper);
  if (boolean !== undefined) return { kind: "literal", start, text, value: boolean };
  const keyword = keywords.find((candidate) => candidate === upper);
  if (keyword !== undefined) return { kind: "keyword", start, text, keyword };
  return { kind: "name", start, text, name: text, quoted: false };
};

const quotedAt = (source: string, start: number): Token | undefined => {
  const string = match(stringPattern, source, start);
  if (string !== undefined) return { kind: "literal", start, text: string, value: unquote(string, "'") };
  const delimited = match(bracketedPattern, source, start);
  if (delimited !== undefined) return quotedName(source, delimited, start, "]");
  const quoted = match(quotedPattern, source, start);
  return quoted === undefined ? undefined : quotedName(source, quoted, start, '"');
};

const quotedName = (source: string, text: string, start: number, close: string): Token => {
  const name = unquote(text, close);
  if (name === "") throw new RuleSyntaxError(source, start, "a property name", `"${text}"`);
  return { kind: "name", start, text, name, quoted: true };
};

/** The closing quote stands for itself when doubled. */
const unquote = (text: string, close: string): string => text.slice(1, -1).replaceAll(close + close, close);

const numberAt = (source: string, start: number): Token | undefined => {
  const hexadecimal = match(hexadecimalPattern, source, start);
  if (hexadecimal !== undefined) return integer(source, hexadecimal, start);
  const double = match(doublePattern, source, start);
  if (double !== undefined) return finite(source, double, start);
  const digits = match(integerPattern, source, start);
  return digits === undefined ? undefined : integer(source, digits, start);
};

const finite = (source: string, text: string, start: number): Token => {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new RuleSyntaxError(source, start, "a number that fits a double", text);
  return { kind: "literal", start, text, value };
};

const integer = (source: string, text: string, start: number): Token => {
  const value = BigInt(text);
  if (value > maxInt64) {
    throw new RuleSyntaxError(source, start, `an integer of at most ${maxInt64}`, text);
  }
  return { kind: "literal", start, text, value };
};

const unterminatedMarks: ReadonlyMap<string, string> = new Map([
  ["'", "a closing ' for the string"],
  ['"', 'a closing " for the name'],
  ["[", "a closing ] for the name"],
]);

const symbolAt = (source: string, start: number): Token => {
  const symbol = match(symbolPattern, source, start);
  if (symbol !== undefined) return { kind: "symbol", start, text: symbol, symbol: symbol === "!=" ? "<>" : symbol };
  const character = String.fromCodePoint(source.codePointAt(start) ?? 0);
  const unterminated = unterminatedMarks.get(character);
  throw unterminated === undefined
    ? new RuleSyntaxError(source, start, "a name, a constant or an operator", `"${character}"`)
    : new RuleSyntaxError(source, start, unterminated, "the end of the text");
};
