import type { QueueDescription, SubscriptionDescription, TopicDescription } from "../entities.ts";
import { restore } from "../queue/arrive.ts";
import { sessionOf } from "../queue/place.ts";
import { createQueueState, type QueueExits, type QueueSettings, type QueueState } from "../queue/state.ts";
import type { Store } from "../store/store.ts";
import { subscriptionPath } from "./address.ts";
import { deadLetterSettings, settingsOf, topicSettings } from "./describe.ts";
import { Dispatcher } from "./dispatcher.ts";
import { fanOut } from "./fan-out.ts";
import type {
  EntityTimes,
  LiveEntities,
  LiveQueue,
  LiveReceiving,
  LiveSubscription,
  LiveTopic,
} from "./live-entities.ts";
import { forward, toDeadLetters } from "./routing.ts";

/** What entities are built into. */
export interface Surroundings {
  readonly entities: LiveEntities;
  readonly store: Store;
  /** Says that a dispatcher has something to hand out. */
  wake(dispatcher: Dispatcher): void;
}

/** How many queues an entity of each kind has inside. */
export const queuesInside = { queue: 3, subscription: 3, topic: 1 } as const;

export function buildQueue(
  around: Surroundings,
  description: QueueDescription,
  queueIds: readonly number[],
  times: EntityTimes,
): LiveQueue {
  const parts = buildParts(around, settingsOf(description), queueIds, () => queue);
  const queue: LiveQueue = { kind: "queue", path: description.name, description, parts, ...times };
  refreshForwarding(around, queue);
  return queue;
}

export function buildSubscription(
  around: Surroundings,
  topic: LiveTopic,
  description: SubscriptionDescription,
  queueIds: readonly number[],
  times: EntityTimes,
): LiveSubscription {
  const parts = buildParts(around, settingsOf(description), queueIds, () => subscription);
  const path = subscriptionPath(topic.path, description.subscriptionName);
  const rules: LiveSubscription["rules"] = new Map();
  const subscription: LiveSubscription = { kind: "subscription", path, description, topic, rules, parts, ...times };
  refreshForwarding(around, subscription);
  return subscription;
}

export function buildTopic(
  around: Surroundings,
  description: TopicDescription,
  queueIds: readonly number[],
  times: EntityTimes,
): LiveTopic {
  const [id = 0] = queueIds;
  const inbox = buildState(around, id, topicSettings(description), {
    deadLetter: () => {},
    passOn: (record, content, now) => fanOut(topic, record, content, now),
    available: () => {},
  });
  const topic: LiveTopic = {
    kind: "topic",
    path: description.name,
    description,
    inbox,
    subscriptions: new Map(),
    ...times,
  };
  return topic;
}

function buildParts(
  around: Surroundings,
  settings: QueueSettings,
  [mainId = 0, deadLettersId = 0, transferId = 0]: readonly number[],
  entity: () => LiveReceiving,
) {
  const build = (id: number, own: QueueSettings, deadLetter: QueueExits["deadLetter"]): Dispatcher => {
    const exits: QueueExits = { deadLetter, passOn: undefined, available: () => around.wake(dispatcher) };
    const dispatcher: Dispatcher = new Dispatcher(createQueueState(id, own, around.store.journal, exits));
    fill(around, dispatcher.queue);
    return dispatcher;
  };
  const refuse = () => {
    throw new Error("A dead letter cannot be dead-lettered again.");
  };
  return {
    main: build(mainId, settings, (record, content, now) =>
      toDeadLetters(around.entities, entity(), record, content, now),
    ),
    deadLetters: build(deadLettersId, deadLetterSettings(settings), refuse),
    transferDeadLetters: build(transferId, deadLetterSettings(settings), refuse),
  };
}

function buildState(around: Surroundings, id: number, settings: QueueSettings, exits: QueueExits): QueueState {
  const state = createQueueState(id, settings, around.store.journal, exits);
  fill(around, state);
  return state;
}

/** Puts back what the store remembers. */
function fill(around: Surroundings, queue: QueueState): void {
  const stored = around.store.queue(queue.id);
  for (const [sessionId, state] of stored.sessionStates) sessionOf(queue, sessionId).state = state;
  for (const [messageId, until] of stored.messageIds) queue.duplicates.remember(messageId, until);
  for (const record of stored.messages) restore(queue, record);
  queue.lastSequence = Math.max(queue.lastSequence, stored.lastSequence);
}

/** Makes an entity's way out agree with its description, as it is when new and after each update. */
export function refreshForwarding(around: Surroundings, entity: LiveReceiving): void {
  const { exits } = entity.parts.main.queue;
  const target = entity.description.forwardTo;
  exits.passOn = target
    ? (record, content, now) => forward(around.entities, entity, record, content, target, now)
    : undefined;
}
