import type { RuleParameter } from "../entities.ts";
import { RuleSyntaxError } from "./errors.ts";
import type { Parameters } from "./evaluate-expression.ts";
import { tokenize } from "./tokenizer.ts";

/**
 * The parameters of one SQL expression by name, without the `@`.
 * @throws {RuleSyntaxError} when the expression names a parameter that has no value.
 */
export const parametersOf = (
  sqlExpression: string,
  given: Readonly<Record<string, RuleParameter>> = {},
): Parameters => {
  const parameters = new Map(Object.entries(given).map(([name, value]) => [name.replace(/^@/u, ""), value]));
  for (const token of tokenize(sqlExpression)) {
    if (token.kind === "parameter" && !parameters.has(token.name)) {
      const known = [...parameters.keys()].map((name) => `@${name}`).join(", ") || "none";
      throw new RuleSyntaxError(
        sqlExpression,
        token.start,
        `a parameter that has a value (${known})`,
        `"${token.text}"`,
      );
    }
  }
  return parameters;
};
