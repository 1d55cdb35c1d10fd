import {
  type Envelope,
  type EventSubscriptionTopology,
  eventField,
  eventSubscriptions,
  type QueueName,
} from "@ratchet/contracts";

type Source = EventSubscriptionTopology["source"];

const subscriptions: readonly EventSubscriptionTopology[] = Object.values(eventSubscriptions);

/** Whether a subscription wants an event, by its filters. */
function wants(subscription: EventSubscriptionTopology, { type, subject, data }: Envelope): boolean {
  const { includedEventTypes, subjectBeginsWith = "", subjectEndsWith = "", advancedFilters } = subscription;
  if (includedEventTypes.length > 0 && !includedEventTypes.includes(type)) return false;
  if (!subject.startsWith(subjectBeginsWith) || !subject.endsWith(subjectEndsWith)) return false;
  return advancedFilters.every(({ key, values }) => {
    const [, field = ""] = key.split(".");
    return values.includes(String(eventField(data, field)));
  });
}

/** The queues that an event of a source goes to, by the topology's own table. */
export const queuesFor = (source: Source, event: Envelope): readonly QueueName[] =>
  subscriptions
    .filter((subscription) => subscription.source === source && wants(subscription, event))
    .map(({ queue }) => queue);
