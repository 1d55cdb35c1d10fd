import type { RuleDescription } from "./entities.ts";

/** A property's value as a rule sees it. A uuid is its lower-case text; a `bigint` is a long beyond 2^53. */
export type PropertyValue = string | number | bigint | boolean | Date | Uint8Array | null;

/** The broker's properties a SQL expression may read as `sys.<name>` and, for most, an action may set. */
export interface SystemProperties {
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly to?: string;
  readonly replyTo?: string;
  /** `sys.Label` and `sys.Subject`. */
  readonly subject?: string;
  readonly sessionId?: string;
  readonly replyToSessionId?: string;
  readonly contentType?: string;
  readonly partitionKey?: string;
  readonly timeToLive?: number;
  readonly enqueuedTimeUtc?: Date;
  readonly scheduledEnqueueTimeUtc?: Date;
  readonly sequenceNumber?: number;
}

/** What the rules of a subscription are shown of a message. */
export interface RuleMessage {
  readonly system: SystemProperties;
  /** Names as the sender wrote them. */
  readonly applicationProperties: ReadonlyMap<string, PropertyValue>;
}

/** The system properties that an action may SET or REMOVE. */
export type SettableSystemProperty =
  | "messageId"
  | "correlationId"
  | "to"
  | "replyTo"
  | "subject"
  | "sessionId"
  | "replyToSessionId"
  | "contentType";

/** What an action does to a message: only what changes is named; `undefined` removes. */
export interface RuleChanges {
  readonly system: ReadonlyMap<SettableSystemProperty, string | undefined>;
  readonly applicationProperties: ReadonlyMap<string, PropertyValue | undefined>;
}

/**
 * A rule made ready to run, as `compileRule` of `rules/compile-rule.ts` returns it.
 * @throws {RuleEvaluationError} when an expression fails on a message, from both functions.
 */
export interface CompiledRule {
  readonly description: RuleDescription;
  matches(message: RuleMessage): boolean;
  /** What the action changes; `undefined` where the rule has none. */
  changes(message: RuleMessage): RuleChanges | undefined;
}
