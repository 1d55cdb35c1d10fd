import { parseProperty } from "./parse-property.ts";
import { parseExpression } from "./parser.ts";
import type { Statement } from "./syntax.ts";
import { TokenReader } from "./token-reader.ts";

/** The service's quota for the statements of one action. */
const maxStatements = 32;

/**
 * The text of a SQL action: `SET <property> = <expression>` and `REMOVE <property>`, parted by `;`, `,` or nothing.
 * Grammar: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-rule-action
 * @throws {RuleSyntaxError} when it is no action of the service's grammar.
 */
export const parseAction = (source: string): readonly Statement[] => {
  const reader = new TokenReader(source);
  const statements: Statement[] = [];
  do {
    if (statements.length === maxStatements) throw reader.expected(`at most ${maxStatements} statements`);
    statements.push(parseStatement(reader));
    skipSeparators(reader);
  } while (reader.peek().kind !== "end");
  return statements;
};

const skipSeparators = (reader: TokenReader): void => {
  while (reader.isSymbol(";") || reader.isSymbol(",")) reader.next();
};

const parseStatement = (reader: TokenReader): Statement => {
  if (reader.takeKeyword("REMOVE")) return { kind: "remove", property: parseProperty(reader) };
  if (!reader.takeKeyword("SET")) throw reader.expected("SET or REMOVE");
  const property = parseProperty(reader);
  reader.expectSymbol("=");
  return { kind: "set", property, value: parseExpression(reader) };
};
