/**
 * What the entities of a namespace are. Names and units are those of the administration client of `@azure/service-bus`:
 * durations are ISO 8601 (`PT1M`), sizes are megabytes or kilobytes as the name says.
 */

export type EntityStatus =
  | "Active"
  | "Creating"
  | "Deleting"
  | "Disabled"
  | "ReceiveDisabled"
  | "Renaming"
  | "Restoring"
  | "SendDisabled"
  | "Unknown";

export type EntityAvailabilityStatus = "Available" | "Limited" | "Renaming" | "Restoring" | "Unknown";

export type AccessRight = "Listen" | "Manage" | "Send";

export interface AuthorizationRule {
  readonly claimType: string;
  readonly claimValue?: string;
  readonly accessRights?: readonly AccessRight[];
  readonly keyName: string;
  readonly createdTime?: Date;
  readonly modifiedTime?: Date;
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
}

export interface QueueDescription {
  readonly name: string;
  readonly lockDuration: string;
  readonly maxSizeInMegabytes: number;
  readonly maxMessageSizeInKilobytes: number;
  readonly requiresDuplicateDetection: boolean;
  readonly requiresSession: boolean;
  readonly defaultMessageTimeToLive: string;
  readonly deadLetteringOnMessageExpiration: boolean;
  readonly duplicateDetectionHistoryTimeWindow: string;
  readonly maxDeliveryCount: number;
  readonly enableBatchedOperations: boolean;
  readonly authorizationRules: readonly AuthorizationRule[];
  readonly status: EntityStatus;
  readonly forwardTo?: string;
  readonly userMetadata: string;
  readonly autoDeleteOnIdle: string;
  readonly enablePartitioning: boolean;
  readonly forwardDeadLetteredMessagesTo?: string;
  readonly enableExpress: boolean;
  readonly availabilityStatus: EntityAvailabilityStatus;
}

export interface TopicDescription {
  readonly name: string;
  readonly defaultMessageTimeToLive: string;
  readonly maxSizeInMegabytes: number;
  readonly maxMessageSizeInKilobytes: number;
  readonly requiresDuplicateDetection: boolean;
  readonly duplicateDetectionHistoryTimeWindow: string;
  readonly enableBatchedOperations: boolean;
  readonly authorizationRules: readonly AuthorizationRule[];
  readonly status: EntityStatus;
  readonly userMetadata: string;
  readonly supportOrdering: boolean;
  readonly autoDeleteOnIdle: string;
  readonly enablePartitioning: boolean;
  readonly enableExpress: boolean;
  readonly availabilityStatus: EntityAvailabilityStatus;
}

export interface SubscriptionDescription {
  readonly topicName: string;
  readonly subscriptionName: string;
  readonly lockDuration: string;
  readonly requiresSession: boolean;
  readonly defaultMessageTimeToLive: string;
  readonly deadLetteringOnMessageExpiration: boolean;
  readonly deadLetteringOnFilterEvaluationExceptions: boolean;
  readonly maxDeliveryCount: number;
  readonly enableBatchedOperations: boolean;
  readonly status: EntityStatus;
  readonly forwardTo?: string;
  readonly userMetadata: string;
  readonly forwardDeadLetteredMessagesTo?: string;
  readonly autoDeleteOnIdle: string;
  readonly availabilityStatus: EntityAvailabilityStatus;
}

/** A value that a rule's parameter or an application property can have in the administration client. */
export type RuleParameter = string | number | bigint | boolean | Date;

export interface TrueRuleFilter {
  readonly kind: "true";
}

export interface FalseRuleFilter {
  readonly kind: "false";
}

export interface SqlRuleFilter {
  readonly kind: "sql";
  readonly sqlExpression: string;
  /** Keys keep their `@`. */
  readonly sqlParameters?: Readonly<Record<string, RuleParameter>>;
}

export interface CorrelationRuleFilter {
  readonly kind: "correlation";
  readonly correlationId?: string;
  readonly messageId?: string;
  readonly to?: string;
  readonly replyTo?: string;
  readonly subject?: string;
  readonly sessionId?: string;
  readonly replyToSessionId?: string;
  readonly contentType?: string;
  readonly applicationProperties?: Readonly<Record<string, RuleParameter>>;
}

export type RuleFilter = TrueRuleFilter | FalseRuleFilter | SqlRuleFilter | CorrelationRuleFilter;

export interface SqlRuleAction {
  readonly sqlExpression: string;
  /** Keys keep their `@`. */
  readonly sqlParameters?: Readonly<Record<string, RuleParameter>>;
}

export interface RuleDescription {
  readonly name: string;
  readonly filter: RuleFilter;
  /** Absent: the message is passed on as it is. */
  readonly action?: SqlRuleAction;
}

/** The service's word for "never": .NET's `TimeSpan.MaxValue`. */
export const forever = "P10675199DT2H48M5.4775807S";

export const queueDefaults: Omit<QueueDescription, "name"> = {
  lockDuration: "PT1M",
  maxSizeInMegabytes: 1024,
  maxMessageSizeInKilobytes: 256,
  requiresDuplicateDetection: false,
  requiresSession: false,
  defaultMessageTimeToLive: forever,
  deadLetteringOnMessageExpiration: false,
  duplicateDetectionHistoryTimeWindow: "PT10M",
  maxDeliveryCount: 10,
  enableBatchedOperations: true,
  authorizationRules: [],
  status: "Active",
  userMetadata: "",
  autoDeleteOnIdle: forever,
  enablePartitioning: false,
  enableExpress: false,
  availabilityStatus: "Available",
};

export const topicDefaults: Omit<TopicDescription, "name"> = {
  defaultMessageTimeToLive: forever,
  maxSizeInMegabytes: 1024,
  maxMessageSizeInKilobytes: 256,
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindow: "PT10M",
  enableBatchedOperations: true,
  authorizationRules: [],
  status: "Active",
  userMetadata: "",
  supportOrdering: true,
  autoDeleteOnIdle: forever,
  enablePartitioning: false,
  enableExpress: false,
  availabilityStatus: "Available",
};

export const subscriptionDefaults: Omit<SubscriptionDescription, "topicName" | "subscriptionName"> = {
  lockDuration: "PT1M",
  requiresSession: false,
  defaultMessageTimeToLive: forever,
  deadLetteringOnMessageExpiration: false,
  deadLetteringOnFilterEvaluationExceptions: true,
  maxDeliveryCount: 10,
  enableBatchedOperations: true,
  status: "Active",
  userMetadata: "",
  autoDeleteOnIdle: forever,
  availabilityStatus: "Available",
};

/** The rule that a subscription is born with unless others are named. */
export const defaultRule: RuleDescription = { name: "$Default", filter: { kind: "true" } };
