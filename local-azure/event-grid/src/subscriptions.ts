import type { Journal } from "./delivery/journal.ts";
import type { EventSubscription } from "./subscription.ts";

/** The subscriptions of all topics: the configured ones, and those registered at run time, which the journal keeps. */
interface Subscriptions {
  find(topic: string, name: string): EventSubscription | undefined;
  /** In order of their names. */
  of(topic: string): readonly EventSubscription[];
  /** For this run only: it comes from the configuration, which will say it again. */
  configure(topic: string, subscription: EventSubscription): void;
  save(topic: string, subscription: EventSubscription): void;
  /** Whether there was one. */
  delete(topic: string, name: string): boolean;
}

export function openSubscriptions(journal: Journal): Subscriptions {
  const all = new Map<string, EventSubscription>();
  // Names are compared without regard to case, as everything in Resource Manager.
  const keyOf = (topic: string, name: string): string => `${topic.toLowerCase()}/${name.toLowerCase()}`;
  for (const { topic, subscription } of journal.subscriptions()) all.set(keyOf(topic, subscription.name), subscription);

  return {
    find: (topic, name) => all.get(keyOf(topic, name)),
    of: (topic) =>
      [...all]
        .filter(([key]) => key.startsWith(keyOf(topic, "")))
        .map(([, subscription]) => subscription)
        .sort((a, b) => a.name.localeCompare(b.name)),
    configure: (topic, subscription) => void all.set(keyOf(topic, subscription.name), subscription),
    save(topic, subscription) {
      journal.saveSubscription(topic, subscription);
      all.set(keyOf(topic, subscription.name), subscription);
    },
    delete(topic, name) {
      const known = all.get(keyOf(topic, name));
      journal.deleteSubscription(topic, known?.name ?? name);
      return all.delete(keyOf(topic, name));
    },
  };
}
