import type { QueueDescription, SubscriptionDescription, TopicDescription } from "../entities.ts";
import { InvalidEntityError } from "../errors.ts";
import { takeAway } from "../queue/take.ts";
import { refreshForwarding } from "./build.ts";
import { deadLetterSettings, settingsOf, topicSettings } from "./describe.ts";
import type { LiveEntity, LiveReceiving, LiveTopic } from "./live-entities.ts";
import { detachAll } from "./parts-of.ts";
import type { Registry } from "./registry.ts";

/**
 * Gives a queue or subscription a new description, and makes everything about it agree with that.
 * @throws {InvalidEntityError} when it changes what may not change, or forwards to a subscription.
 * @throws {EntityNotFoundError} when it forwards to what is not there.
 */
export function redescribe(
  registry: Registry,
  entity: LiveReceiving,
  description: QueueDescription | SubscriptionDescription,
): void {
  requireUnchanged(entity, description, ["requiresSession", "requiresDuplicateDetection"]);
  requireTargets(registry, description, entity.path);
  const settings = settingsOf(description);
  Object.assign(entity, { description });
  const { main, deadLetters, transferDeadLetters } = entity.parts;
  main.queue.settings = settings;
  deadLetters.queue.settings = deadLetterSettings(settings);
  transferDeadLetters.queue.settings = deadLetterSettings(settings);
  refreshForwarding(registry.around, entity);
  passOnWaiting(entity, registry.clock());
  if (description.status === "Disabled" || description.status === "ReceiveDisabled") detachAll(entity, "disabled");
  registry.save(entity);
}

/** @throws {InvalidEntityError} when it changes what may not change. */
export function redescribeTopic(registry: Registry, topic: LiveTopic, description: TopicDescription): void {
  requireUnchanged(topic, description, ["requiresDuplicateDetection"]);
  topic.description = description;
  topic.inbox.settings = topicSettings(description);
  registry.save(topic);
}

/**
 * An entity may forward only to what is there, and not to a subscription.
 * @throws {EntityNotFoundError} when there is no such entity.
 * @throws {InvalidEntityError} when it is a subscription.
 */
export function requireTargets(
  registry: Registry,
  description: QueueDescription | SubscriptionDescription,
  name: string,
): void {
  for (const target of [description.forwardTo, description.forwardDeadLetteredMessagesTo]) {
    if (!target) continue;
    const { entity } = registry.around.entities.find(target);
    if (entity.kind === "subscription") {
      throw new InvalidEntityError(`'${name}' forwards to the subscription '${target}'; name a queue or a topic.`);
    }
  }
}

/** Messages that came before an entity was told to forward go the same way as those that come after. */
function passOnWaiting({ parts }: LiveReceiving, now: number): void {
  const { queue } = parts.main;
  const { passOn } = queue.exits;
  if (!passOn) return;
  for (let next = takeAway(queue, undefined, now); next; next = takeAway(queue, undefined, now)) {
    passOn(next.record, next.content, now);
  }
}

/** Some properties are settled when an entity is made. */
function requireUnchanged(entity: LiveEntity, after: object, properties: readonly string[]): void {
  for (const property of properties) {
    if (Reflect.get(entity.description, property) === Reflect.get(after, property)) continue;
    throw new InvalidEntityError(
      `${property} of '${entity.path}' cannot be changed. Delete the entity and create it anew.`,
    );
  }
}
