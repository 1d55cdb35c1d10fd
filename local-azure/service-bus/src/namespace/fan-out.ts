import { readStored } from "../amqp/incoming.ts";
import { ServiceBusError } from "../errors.ts";
import type { RuleMessage } from "../message.ts";
import { arrive } from "../queue/arrive.ts";
import type { MessageRecord } from "../queue/record.ts";
import type { LiveSubscription, LiveTopic } from "./live-entities.ts";
import { insertDeadLetter, withOriginalSequence } from "./routing.ts";
import { ruleMessageOf, withRuleChanges } from "./rule-message.ts";

/** Gives every subscription of a topic its copies of a message. */
export function fanOut(topic: LiveTopic, record: MessageRecord, content: Buffer, now: number): void {
  const stamped = record.hops === 0 ? withOriginalSequence(content, record) : content;
  let shown: RuleMessage | undefined;
  for (const subscription of topic.subscriptions.values()) {
    const { status } = subscription.description;
    if (status === "Disabled" || status === "SendDisabled") continue;
    if (isUnconditional(subscription)) {
      deliver(subscription, record, stamped, now);
      continue;
    }
    shown ??= ruleMessageOf(record, content);
    for (const copy of copiesFor(subscription, record, stamped, shown)) deliver(subscription, record, copy, now);
  }
}

/** Most subscriptions have the one rule that is true; their messages need not be read. */
function isUnconditional({ rules }: LiveSubscription): boolean {
  if (rules.size !== 1) return false;
  for (const { compiled } of rules.values()) {
    return compiled.description.filter.kind === "true" && !compiled.description.action;
  }
  return false;
}

/** One copy for all matching rules without an action, and one for each that has one. */
function copiesFor(
  subscription: LiveSubscription,
  record: MessageRecord,
  content: Buffer,
  shown: RuleMessage,
): readonly Buffer[] {
  const copies: Buffer[] = [];
  let plain = false;
  try {
    for (const { compiled } of subscription.rules.values()) {
      if (!compiled.matches(shown)) continue;
      const changes = compiled.changes(shown);
      if (changes) copies.push(withRuleChanges(content, changes, compiled.description.name));
      else plain = true;
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (subscription.description.deadLetteringOnFilterEvaluationExceptions) {
      insertDeadLetter(subscription, inQueue(subscription, record), content, {
        reason: "FilterEvaluationException",
        description: error.message,
      });
    }
    return [];
  }
  return plain ? [content, ...copies] : copies;
}

function deliver(subscription: LiveSubscription, record: MessageRecord, content: Buffer, now: number): void {
  const arriving = { ...readStored(content), hops: record.hops };
  const life = Number.isFinite(record.expiresAt) ? record.expiresAt - record.enqueuedAt : undefined;
  if (subscription.description.requiresSession && arriving.sessionId === undefined) {
    insertDeadLetter(subscription, inQueue(subscription, record), content, {
      reason: "Session ID is null",
      description: "Session enabled entity doesn't allow a message whose session identifier is null.",
    });
    return;
  }
  try {
    arrive(subscription.parts.main.queue, { ...arriving, timeToLive: life }, now);
  } catch (error) {
    if (!(error instanceof ServiceBusError)) throw error;
    insertDeadLetter(subscription, inQueue(subscription, record), content, {
      reason: error.name.replace(/Error$/, ""),
      description: error.message,
    });
  }
}

/** The same message under the next number of the subscription's own. */
function inQueue(subscription: LiveSubscription, record: MessageRecord): MessageRecord {
  const { queue } = subscription.parts.main;
  queue.lastSequence++;
  queue.journal.saveLastSequence(queue.id, queue.lastSequence);
  return { ...record, sequenceNumber: queue.lastSequence };
}
