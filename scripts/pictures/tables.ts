import {
  type ContainerTopology,
  commands,
  containers,
  type EventSubscriptionTopology,
  eventSubscriptions,
  events,
  eventTopic,
  type QueueName,
  type QueueTopology,
  queues,
  services,
} from "@ratchet/contracts";
import { delaysInWords, inWords } from "./words.ts";

/** Tables of the topology as Markdown, and where they stand in a text. */

type Row = readonly string[];

function table([head = [], ...rows]: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const code = (name: string): string => `\`${name}\``;

const rowsOf = <Value>(all: Readonly<Record<string, Value>>): readonly (readonly [string, Value])[] =>
  Object.entries(all);

const triedAfter = (delays: readonly string[]): string => (delays.length === 0 ? "never" : delaysInWords(delays));

const queueTable = (): string =>
  table([
    [
      "queue",
      "who sends",
      "who receives",
      "at a time",
      "tried again after",
      "without a role, after",
      "handled for at most",
    ],
    ...rowsOf<QueueTopology>(queues).map(([name, queue]) => [
      code(name),
      queue.senders.join(", "),
      queue.receiver,
      queue.requiresSession ? `1 per model, ${queue.concurrency} models` : String(queue.concurrency),
      triedAfter(queue.retryDelays),
      triedAfter(queue.roleDelays),
      inWords(queue.handlingTime),
    ]),
  ]);

/** What the broker is told of each queue, once for all queues that are told the same. */
function brokerTable(): string {
  const rows = rowsOf<QueueTopology>(queues).map(([name, queue]) => ({
    name,
    cells: [
      inWords(queue.lockDuration),
      String(queue.maxDeliveryCount),
      queue.requiresDuplicateDetection ? inWords(queue.duplicateDetectionHistoryTimeWindow) : "no",
      inWords(queue.defaultMessageTimeToLive),
      queue.deadLetteringOnMessageExpiration ? "dead-letter queue" : "dropped",
    ],
  }));
  const alike = Map.groupBy(rows, ({ cells }) => cells.join("|"));
  return table([
    ["queues", "lock", "deliveries", "an id counts once within", "waits for at most", "and is then"],
    ...[...alike.values()].map((group) => [
      alike.size === 1 ? "all" : group.map(({ name }) => code(name)).join(", "),
      ...(group[0]?.cells ?? []),
    ]),
  ]);
}

const subscriptionTable = (): string =>
  table([
    ["subscription", "listens to", "types", "subject", "queue"],
    ...rowsOf<EventSubscriptionTopology>(eventSubscriptions).map(([name, subscription]) => {
      const { source, includedEventTypes, subjectBeginsWith, subjectEndsWith, queue } = subscription;
      const subject = [
        ...(subjectBeginsWith === undefined ? [] : [`begins with ${code(subjectBeginsWith)}`]),
        ...(subjectEndsWith === undefined ? [] : [`ends with ${code(subjectEndsWith)}`]),
      ];
      return [
        code(name),
        source === "ratchet" ? `topic ${code(eventTopic)}` : source,
        includedEventTypes.length === 0 ? "all" : includedEventTypes.map(code).join(", "),
        subject.join(", "),
        code(queue),
      ];
    }),
  ]);

const messageTable = (): string =>
  table([
    ["message", "who may say it", "goes through", "what it says"],
    ...commands.map(({ contract, queue }) => {
      const { senders }: QueueTopology = queues[queue as QueueName];
      const said = senders.filter((sender) => sender !== "event-grid").join(", ");
      return [code(contract.type), said, `queue ${code(queue)}`, contract.description];
    }),
    ...events.map(({ type, statedBy = [], description }) => [
      code(type),
      services.every((service) => statedBy.includes(service)) ? "every service" : statedBy.join(", "),
      `topic ${code(eventTopic)}`,
      description,
    ]),
  ]);

const containerTable = (): string =>
  table([
    ["container", "what is there", "who writes", "who reads"],
    ...rowsOf<ContainerTopology>(containers).map(([name, { description, owners, readers }]) => [
      code(name),
      description,
      owners.join(", "),
      readers.join(", "),
    ]),
  ]);

const tables: Readonly<Record<string, () => string>> = {
  queues: queueTable,
  broker: brokerTable,
  subscriptions: subscriptionTable,
  messages: messageTable,
  containers: containerTable,
};

/** A text asks for a table that is none. */
class UnknownTableError extends Error {
  override readonly name = "UnknownTableError";

  constructor(name: string) {
    super(`there is no table named ${name}; there are ${Object.keys(tables).join(", ")}`);
  }
}

/**
 * A text with its tables made anew: each stands between `<!-- table <name>, by pnpm generate -->` and `<!-- end -->`.
 * @throws {UnknownTableError} when it asks for a table that is none.
 */
export const withTables = (markdown: string): string =>
  markdown.replace(
    /(<!-- table (\S+), by pnpm generate -->\n).*?(<!-- end -->)/gs,
    (_, begin: string, name: string, end: string) => {
      const make = tables[name];
      if (!make) throw new UnknownTableError(name);
      return `${begin}\n${make()}\n\n${end}`;
    },
  );
