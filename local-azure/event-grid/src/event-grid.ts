import { randomUUID } from "node:crypto";
import type { TokenCredential } from "@azure/service-bus";
import type { AccessControl } from "@local-azure/authorization";
import { checkSubscription } from "./check-subscription.ts";
import type { CloudEvent } from "./cloud-event.ts";
import { createConfirmations } from "./confirmations.ts";
import { type DeadLetterStorage, writeDeadLetterTo } from "./delivery/dead-letter.ts";
import { openDestinations } from "./delivery/destinations.ts";
import { createDispatcher, type DeliveryReport } from "./delivery/dispatcher.ts";
import { openJournal } from "./delivery/journal.ts";
import type { ServiceBusNamespace } from "./delivery/service-bus.ts";
import { EventGridError } from "./errors.ts";
import { matches } from "./filters/filter.ts";
import { shakeHands } from "./handshake.ts";
import { listen } from "./server.ts";
import type { EventSubscription } from "./subscription.ts";
import { openSubscriptions } from "./subscriptions.ts";
import {
  type CustomTopic,
  customTopic,
  type ResourceGroup,
  type SystemTopic,
  systemTopic,
  type Topic,
} from "./topic.ts";

export interface EventGridOptions extends Partial<ResourceGroup> {
  /** PEM certificate and key for `localhost`. */
  readonly tls: { readonly cert: string; readonly key: string };
  readonly port?: number;
  /** Where undelivered events and registered subscriptions outlive a run; without it they end with the process. */
  readonly folder?: string;
  readonly topics?: readonly CustomTopic[];
  readonly systemTopics?: readonly SystemTopic[];
  /** Needed by subscriptions that deliver to a queue or topic. */
  readonly serviceBus?: ServiceBusNamespace;
  /** Needed by subscriptions with a dead-letter destination. */
  readonly deadLetterStorage?: DeadLetterStorage;
  /**
   * Who publishes with a bearer token, and whether they may; keys are refused then. Without it every token is accepted.
   */
  readonly access?: AccessControl;
  /** As whom a topic delivers, and writes dead letters; without it, as the credentials of these. */
  readonly credentialOf?: (topic: Topic) => TokenCredential;
  /** Shortens waiting times between attempts, and the time to live: 1 as on Azure, 0.01 a hundredth. */
  readonly retryScale?: number;
  /** How long a webhook may take to confirm by its validation address; ten minutes by default. */
  readonly confirmWithinMs?: number;
  /** Told of each step of each delivery. */
  readonly onDelivery?: (report: DeliveryReport) => void;
}

/** A running Event Grid. */
export interface EventGrid extends AsyncDisposable {
  /** e.g. `https://localhost:41234` */
  readonly endpoint: string;
  readonly port: number;
  readonly topics: readonly Topic[];
  /** Where a custom topic's events are published, e.g. `https://localhost:41234/orders/api/events`. */
  topicEndpoint(topic: string): string;
  /** Accepts an event for a topic; when it returns, every delivery that it makes is in the journal. */
  publish(topic: string, ...events: readonly CloudEvent[]): void;
  /**
   * Creates or replaces a subscription; a webhook is asked for its consent first.
   * @throws {EventGridError} when the subscription cannot be.
   * @throws {HandshakeError} when the webhook does not agree.
   */
  subscribe(topic: string, subscription: EventSubscription): Promise<void>;
  /** Whether there was such a subscription. What was still to be delivered to it is dropped. */
  unsubscribe(topic: string, name: string): boolean;
  subscriptions(topic: string): readonly EventSubscription[];
  close(): Promise<void>;
}

const tenMinutesMs = 600_000;

/**
 * Starts Event Grid on 127.0.0.1 and takes up what an earlier run has not delivered.
 * @throws {EventGridError} when one of the subscriptions in the options cannot be.
 * @throws {HandshakeError} when the webhook of one does not agree.
 */
export async function startEventGrid(options: EventGridOptions): Promise<EventGrid> {
  const group = {
    subscriptionId: options.subscriptionId ?? "00000000-0000-0000-0000-000000000000",
    resourceGroup: options.resourceGroup ?? "local",
  };
  const topics = [
    ...(options.topics ?? []).map((topic) => customTopic(topic, group)),
    ...(options.systemTopics ?? []).map((topic) => systemTopic(topic, group)),
  ];
  const topicNamed = (name: string): Topic | undefined =>
    topics.find((topic) => topic.name.toLowerCase() === name.toLowerCase());
  const knownTopic = (name: string): Topic => {
    const topic = topicNamed(name);
    if (!topic) throw new EventGridError(`There is no topic "${name}" (there are: ${namesOf(topics)}).`);
    return topic;
  };

  const journal = openJournal(options.folder);
  const subscriptions = openSubscriptions(journal);
  const { credentialOf } = options;
  const ownCredential = credentialOf && ((topic: string) => credentialOf(knownTopic(topic)));
  const destinations = openDestinations(options.serviceBus, ownCredential);
  const dispatcher = createDispatcher({
    journal,
    find: subscriptions.find,
    deliver: destinations.deliver,
    writeDeadLetter: options.deadLetterStorage && writeDeadLetterTo(options.deadLetterStorage, ownCredential),
    retryScale: options.retryScale ?? 1,
    report: options.onDelivery ?? (() => {}),
  });

  let closed: Promise<void> | undefined;
  const publish = (topic: Topic, events: readonly CloudEvent[]): void => {
    if (closed !== undefined)
      throw new EventGridError(`Topic "${topic.name}" takes no more events: Event Grid is closed.`);
    const now = new Date();
    const owed = events.flatMap((event) =>
      subscriptions
        .of(topic.name)
        .filter(({ filter = {} }) => matches(filter, event))
        .map((subscription) => ({
          topic: topic.name,
          subscription: subscription.name,
          event,
          publishedAt: now,
          outputEventId: randomUUID(),
          attempts: 0,
          nextAttemptAt: now,
        })),
    );
    dispatcher.start(journal.add(owed));
  };

  const confirmations = createConfirmations(() => server.endpoint);
  const server = await listen({
    tls: options.tls,
    port: options.port ?? 0,
    topic: topicNamed,
    access: options.access,
    publish,
    confirmations,
  });

  const agree = async (topic: Topic, subscription: EventSubscription): Promise<void> => {
    checkSubscription(subscription);
    if (subscription.destination.endpointType !== "WebHook") {
      return requireService(subscription, "destination", "serviceBus", options.serviceBus);
    }
    const confirmWithinMs = options.confirmWithinMs ?? tenMinutesMs;
    await shakeHands(subscription, { topicId: topic.id, confirmations, confirmWithinMs });
  };
  const admit = async (topic: Topic, subscription: EventSubscription): Promise<void> => {
    if (subscription.deadLetterDestination) {
      requireService(subscription, "deadLetterDestination", "deadLetterStorage", options.deadLetterStorage);
    }
    await agree(topic, subscription);
  };

  const close = (): Promise<void> => {
    closed ??= (async () => {
      await server.close();
      destinations.abort();
      await dispatcher.close();
      await destinations.close();
      journal.close();
    })();
    return closed;
  };

  try {
    for (const { name, subscriptions: configured = [] } of [
      ...(options.topics ?? []),
      ...(options.systemTopics ?? []),
    ]) {
      for (const subscription of configured) {
        await admit(knownTopic(name), subscription);
        subscriptions.configure(name, subscription);
      }
    }
    dispatcher.start(journal.pending());
  } catch (error) {
    await close();
    throw error;
  }

  return {
    endpoint: server.endpoint,
    port: server.port,
    topics,
    topicEndpoint: (name) => `${server.endpoint}/${encodeURIComponent(knownTopic(name).name)}/api/events`,
    publish: (name, ...events) => publish(knownTopic(name), events),
    async subscribe(name, subscription) {
      const topic = knownTopic(name);
      await admit(topic, subscription);
      subscriptions.save(topic.name, subscription);
    },
    unsubscribe: (topic, name) => subscriptions.delete(knownTopic(topic).name, name),
    subscriptions: (topic) => subscriptions.of(knownTopic(topic).name),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function requireService(subscription: EventSubscription, field: string, option: string, service: unknown): void {
  if (service) return;
  throw new EventGridError(
    `Event subscription "${subscription.name}": ${field} needs Event Grid to be started with the option ${option}.`,
  );
}

function namesOf(topics: readonly Topic[]): string {
  return topics.map(({ name }) => name).join(", ") || "none";
}
