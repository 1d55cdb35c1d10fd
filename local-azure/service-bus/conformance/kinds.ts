import type { RuleFilter, SqlRuleAction } from "../src/index.ts";

/** Seconds that a lock lasts in the entities of kind `brief`; the service allows no less than five. */
export const briefLockSeconds = 5;

/** The kinds of queue that the behaviours are tried on, with the options that differ from the service's defaults. */
export const queueKinds = {
  plain: { lockDuration: "PT30S" },
  brief: { lockDuration: `PT${briefLockSeconds}S`, maxDeliveryCount: 3 },
  sessions: { requiresSession: true, lockDuration: "PT30S" },
  briefSessions: { requiresSession: true, lockDuration: `PT${briefLockSeconds}S` },
  duplicates: { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: "PT1M" },
  expiring: { defaultMessageTimeToLive: "PT2S", deadLetteringOnMessageExpiration: true },
} as const;

export type QueueKind = keyof typeof queueKinds;

interface SubscriptionKind {
  readonly rules?: readonly { readonly name: string; readonly filter: RuleFilter; readonly action?: SqlRuleAction }[];
}

/** Subscriptions by name, each with its rules; none means the rule that is always true. */
export const subscriptionKinds: Readonly<Record<string, SubscriptionKind>> = {
  all: {},
  none: { rules: [{ name: "never", filter: { kind: "false" } }] },
  correlated: {
    rules: [{ name: "red", filter: { kind: "correlation", subject: "red", applicationProperties: { size: "large" } } }],
  },
  selected: {
    rules: [
      {
        name: "dear",
        filter: { kind: "sql", sqlExpression: "price > 100 AND sys.Label LIKE 'r%'" },
        action: { sqlExpression: "SET dear = TRUE; REMOVE secret" },
      },
    ],
  },
};
