import { durationToMilliseconds } from "../duration.ts";
import {
  type QueueDescription,
  queueDefaults,
  type SubscriptionDescription,
  subscriptionDefaults,
  type TopicDescription,
  topicDefaults,
} from "../entities.ts";
import { InvalidEntityError } from "../errors.ts";
import type { QueueSettings } from "../queue/state.ts";
import type { NewQueue, NewSubscription, NewTopic } from "../topology.ts";
import { requireValidSettings } from "./limits.ts";

const longestPath = 260;
const longestName = 50;
const longestLockMs = 5 * 60_000;
const megabyte = 1024 * 1024;
const segmentPattern = /^[A-Za-z0-9](?:[\w.~-]*[A-Za-z0-9_])?$/;

/**
 * Completes a queue's description with the service's defaults and checks it.
 * @throws {InvalidEntityError} when the service would not take it.
 */
export function describeQueue(queue: NewQueue): QueueDescription {
  requirePath(queue.name, "queue");
  const description = { ...queueDefaults, ...given(queue) };
  requireValidSettings(queue.name, description);
  return description;
}

/** @throws {InvalidEntityError} when the service would not take it. */
export function describeTopic(topic: NewTopic): TopicDescription {
  requirePath(topic.name, "topic");
  const description = { ...topicDefaults, ...given(topic) };
  requireValidSettings(topic.name, description);
  return description;
}

/** @throws {InvalidEntityError} when the service would not take it. */
export function describeSubscription({ rules: _, ...subscription }: NewSubscription): SubscriptionDescription {
  const { subscriptionName } = subscription;
  if (!segmentPattern.test(subscriptionName) || subscriptionName.length > longestName) {
    throw new InvalidEntityError(
      `The subscription's name '${subscriptionName}' is not valid: up to ${longestName} letters, digits, '.', '-', '_', beginning with a letter or digit.`,
    );
  }
  const description = { ...subscriptionDefaults, ...given(subscription) };
  requireValidSettings(`${subscription.topicName}/Subscriptions/${subscriptionName}`, description);
  return description;
}

/** An option that is there but undefined is not given. */
function given<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

function requirePath(path: string, kind: string): void {
  const valid = path.length <= longestPath && path.split("/").every((segment) => segmentPattern.test(segment));
  if (valid) return;
  throw new InvalidEntityError(
    `The ${kind}'s name '${path}' is not valid: up to ${longestPath} letters, digits, '.', '-', '_' and '/' between them.`,
  );
}

/** How the queue inside a queue or subscription behaves. */
export function settingsOf(entity: QueueDescription | SubscriptionDescription): QueueSettings {
  const name = "name" in entity ? entity.name : entity.subscriptionName;
  return {
    lockDuration: durationToMilliseconds(entity.lockDuration, `lockDuration of '${name}'`),
    maxDeliveryCount: entity.maxDeliveryCount,
    requiresSession: entity.requiresSession,
    timeToLive: durationToMilliseconds(entity.defaultMessageTimeToLive, `defaultMessageTimeToLive of '${name}'`),
    deadLetterOnExpiry: entity.deadLetteringOnMessageExpiration,
    duplicateWindow: "name" in entity ? duplicateWindowOf(entity) : undefined,
    maxSizeInBytes: "name" in entity ? entity.maxSizeInMegabytes * megabyte : Number.POSITIVE_INFINITY,
    isDeadLetterQueue: false,
  };
}

/** A topic keeps only messages that are scheduled. */
export function topicSettings(topic: TopicDescription): QueueSettings {
  return {
    lockDuration: longestLockMs,
    maxDeliveryCount: 1,
    requiresSession: false,
    timeToLive: durationToMilliseconds(topic.defaultMessageTimeToLive, `defaultMessageTimeToLive of '${topic.name}'`),
    deadLetterOnExpiry: false,
    duplicateWindow: duplicateWindowOf(topic),
    maxSizeInBytes: topic.maxSizeInMegabytes * megabyte,
    isDeadLetterQueue: false,
  };
}

/** The dead-letter queues of an entity share its lock duration and nothing else. */
export function deadLetterSettings(settings: QueueSettings): QueueSettings {
  return {
    ...settings,
    requiresSession: false,
    timeToLive: Number.POSITIVE_INFINITY,
    deadLetterOnExpiry: false,
    duplicateWindow: undefined,
    maxSizeInBytes: Number.POSITIVE_INFINITY,
    isDeadLetterQueue: true,
  };
}

function duplicateWindowOf(entity: QueueDescription | TopicDescription): number | undefined {
  if (!entity.requiresDuplicateDetection) return undefined;
  const what = `duplicateDetectionHistoryTimeWindow of '${entity.name}'`;
  return durationToMilliseconds(entity.duplicateDetectionHistoryTimeWindow, what);
}
