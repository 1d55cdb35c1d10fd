import type { RuleDescription, RuleFilter, SqlRuleAction } from "../entities.ts";
import type { CompiledRule, RuleChanges, RuleMessage } from "../message.ts";
import { matchesCorrelation } from "./correlation.ts";
import { evaluateAction } from "./evaluate-action.ts";
import { evaluatePredicate } from "./evaluate-predicate.ts";
import { parametersOf } from "./parameters.ts";
import { parseAction } from "./parse-action.ts";
import { parseFilter } from "./parser.ts";

/**
 * Makes a rule ready to run.
 * @throws {RuleSyntaxError} when the filter or the action is not SQL of the service's grammar.
 */
export const compileRule = (description: RuleDescription): CompiledRule => ({
  description,
  matches: compileFilter(description.filter),
  changes: description.action === undefined ? () => undefined : compileAction(description.action),
});

const compileFilter = (filter: RuleFilter): ((message: RuleMessage) => boolean) => {
  switch (filter.kind) {
    case "true":
      return () => true;
    case "false":
      return () => false;
    case "correlation":
      return (message) => matchesCorrelation(filter, message);
    case "sql": {
      const predicate = parseFilter(filter.sqlExpression);
      const parameters = parametersOf(filter.sqlExpression, filter.sqlParameters);
      return (message) => evaluatePredicate(predicate, message, parameters) === true;
    }
  }
};

const compileAction = (action: SqlRuleAction): ((message: RuleMessage) => RuleChanges) => {
  const statements = parseAction(action.sqlExpression);
  const parameters = parametersOf(action.sqlExpression, action.sqlParameters);
  return (message) => evaluateAction(statements, message, parameters);
};
