import type { PropertyReference } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";
import type { Token } from "./tokenizer.ts";

/**
 * `[<scope> .] <property_name>`, scope being `user` unless said otherwise.
 * @throws {RuleSyntaxError} when no property stands there.
 */
export const parseProperty = (reader: TokenReader): PropertyReference => {
  const first = expectName(reader);
  if (!reader.isSymbol(".")) return { kind: "property", scope: "user", name: first.name };
  const scope = first.name.toLowerCase();
  if (first.quoted || (scope !== "sys" && scope !== "user")) {
    throw reader.expected(
      "the scope sys or user before the dot (a name with a dot is written in brackets: [a.b])",
      first,
    );
  }
  reader.expectSymbol(".");
  return { kind: "property", scope, name: expectName(reader).name };
};

const expectName = (reader: TokenReader): Token & { readonly kind: "name" } => {
  const token = reader.peek();
  if (token.kind === "keyword") {
    throw reader.expected(`a property name (${token.text} is a reserved word; write [${token.text}])`);
  }
  if (token.kind !== "name") throw reader.expected("a property name");
  reader.next();
  return token;
};
