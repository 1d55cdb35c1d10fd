import { expect, test } from "vitest";
import { azureEvents } from "./azure-events.ts";
import { messageFailed } from "./events/message-failed.ts";
import { commands, events } from "./messages.ts";
import { type EventSubscriptionTopology, eventSubscriptions, type QueueTopology, queues } from "./topology.ts";

const subscriptions = Object.entries<EventSubscriptionTopology>(eventSubscriptions);

const typesOf: Readonly<Record<EventSubscriptionTopology["source"], readonly string[]>> = {
  storage: Object.values(azureEvents),
  "machine-learning": Object.values(azureEvents),
  ratchet: events.map(({ type }) => type),
};

test.each(subscriptions)(
  "the subscription %s listens to events that there are",
  (_, { source, includedEventTypes }) => {
    const unknown = includedEventTypes.filter((type) => !typesOf[source].includes(type));
    expect(unknown, `nothing on the source ${source} is of this type`).toEqual([]);
  },
);

test("a queue that Event Grid sends to has a subscription, and a subscription's queue names Event Grid as sender", () => {
  const filled = new Set<string>(subscriptions.map(([, { queue }]) => queue));
  const named = Object.entries<QueueTopology>(queues).filter(([, { senders }]) => senders.includes("event-grid"));
  const waiting = named.map(([queue]) => queue).filter((queue) => !filled.has(queue));
  expect(waiting, "add a subscription that fills it to eventSubscriptions").toEqual([]);
  const unnamed = [...filled].filter((queue) => !named.some(([name]) => name === queue));
  expect(unnamed, "name event-grid among the queue's senders").toEqual([]);
});

test("a queue that gets failed messages from the topic states none: its own would come back to it without end", () => {
  const getsFailures = subscriptions.filter(
    ([, { source, includedEventTypes: types }]) =>
      source === "ratchet" && (types.length === 0 || types.includes(messageFailed.type)),
  );
  expect(getsFailures.map(([, { queue }]) => queue)).toContain("run-ledger");
  const stating = getsFailures.filter(([, { queue }]) => queues[queue].statesFailures).map(([, { queue }]) => queue);
  expect(stating, "say statesFailures: false of the queue, or name the types that its subscription takes").toEqual([]);
});

test("only operators and its own receiver may send what operators alone may ask", () => {
  for (const name of ["operate-model", "operate-batch"] as const) {
    const { receiver, senders } = queues[name];
    expect([...senders].sort()).toEqual([receiver, "operator"].sort());
  }
  const asked = commands.flatMap(({ contract, queue }) => (queue.startsWith("operate-") ? [contract.type] : []));
  const words = [
    "admit-batch",
    "withdraw-batch",
    "restore-batch",
    "force-model",
    "roll-back-model",
    "freeze-model",
    "thaw-model",
  ];
  expect(asked).toEqual(words.map((word) => `ratchet.${word}.v1`));
});

test("every other queue states its failures", () => {
  const silent = Object.entries<QueueTopology>(queues).filter(([, { statesFailures }]) => !statesFailures);
  expect(silent.map(([name]) => name)).toEqual(["run-ledger"]);
});
