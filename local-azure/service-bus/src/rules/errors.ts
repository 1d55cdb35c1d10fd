import { ServiceBusError } from "../errors.ts";

/** A rule that breaks the grammar or a limit of the service; refused when it is created. */
export class RuleSyntaxError extends ServiceBusError {
  override readonly name = "RuleSyntaxError";
  readonly condition = "amqp:invalid-field";
  /** The expression as it was given. */
  readonly source: string;
  /** Zero-based offset into `source`. */
  readonly position: number;
  readonly expected: string;
  readonly found: string;

  constructor(source: string, position: number, expected: string, found: string) {
    super(`At position ${position} of the SQL expression "${source}": expected ${expected}, found ${found}.`);
    this.source = source;
    this.position = position;
    this.expected = expected;
    this.found = found;
  }
}

/**
 * A well-formed rule that fails on one message: an unknown system property, arithmetic on text, division by zero.
 * A subscription with `deadLetteringOnFilterEvaluationExceptions` dead-letters that message.
 */
export class RuleEvaluationError extends Error {
  override readonly name = "RuleEvaluationError";
}
