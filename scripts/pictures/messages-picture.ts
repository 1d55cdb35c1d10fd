import {
  blobSubject,
  type ContainerName,
  containers,
  type EventSubscriptionTopology,
  eventSubscriptions,
  events,
  eventTopic,
  type QueueName,
  type QueueTopology,
  queues,
  type ServiceName,
  services,
} from "@ratchet/contracts";
import { below, type Edge, type Layout, layOut } from "./graph.ts";
import { amber, azure, cardShape, queueShape, type Shape, serviceShape } from "./shapes.ts";
import { arrow, box, element, palette, picture, small, text } from "./svg.ts";

/** Who sends what to whom, and whose state is whose: the topology as a graph along the flow. */

const queueNames = Object.keys(queues) as readonly QueueName[];
const containerNames = Object.keys(containers) as readonly ContainerName[];
const subscriptions: readonly (readonly [string, EventSubscriptionTopology])[] = Object.entries(eventSubscriptions);

/** What a subscription to a system topic listens to. */
function sourceShape({
  source,
  subjectBeginsWith,
  subjectEndsWith,
  includedEventTypes,
}: EventSubscriptionTopology): Shape {
  if (source === "machine-learning")
    return cardShape(
      "Azure ML",
      includedEventTypes.map((type) => type.slice(type.lastIndexOf(".") + 1)),
      azure,
    );
  const container = containerNames.find((name) => subjectBeginsWith?.startsWith(blobSubject(name, ""))) ?? source;
  return cardShape(`${container}/`, subjectEndsWith === undefined ? [] : [`*${subjectEndsWith}`], azure);
}

const short = (type: string): string => type.replace(/^ratchet\./, "").replace(/\.v\d+$/, "");

/** The topic with what each service states; what all of them state is said once. */
function topicShape(): Shape {
  const byEverybody = events.filter(({ statedBy }) => services.every((name) => statedBy?.includes(name)));
  const lines = services.flatMap((service) => {
    const own = events.filter((event) => !byEverybody.includes(event) && event.statedBy?.includes(service));
    return own.length === 0 ? [] : [`${service}: ${own.map(({ type }) => short(type)).join(", ")}`];
  });
  const all = byEverybody.map(({ type }) => `every service: ${short(type)}`);
  return cardShape(`topic “${eventTopic}”`, [...lines, ...all], amber);
}

/** The services that send to a queue and do not receive from it: what a receiver sends to itself is its own retries. */
function sendersOf(queue: QueueTopology): readonly ServiceName[] {
  const all = services.filter((service) => queue.senders.includes(service));
  const others = all.filter((service) => service !== queue.receiver);
  return others.length > 0 || queue.senders.includes("event-grid") ? others : all;
}

const node = { queue: (name: string) => `queue ${name}`, source: (name: string) => `source ${name}` };

interface Line extends Edge {
  readonly kind: "message" | "event";
}

/** The way from service to service is drawn straight: through queues that others send to. */
const runOf = (queue: QueueTopology): Pick<Line, "runs"> =>
  sendersOf(queue).some((sender) => sender !== queue.receiver) ? { runs: "straight" } : {};

function runFrom(sender: ServiceName, receiver: ServiceName): "straight" | "back" | "over" {
  if (sender === receiver) return "back";
  return services.indexOf(sender) < services.indexOf(receiver) ? "straight" : "over";
}

function lines(): readonly Line[] {
  return [
    ...subscriptions.map(([name, { source, queue }]) => ({
      from: source === "ratchet" ? "topic" : node.source(name),
      to: node.queue(queue),
      kind: "event" as const,
    })),
    { from: "topic", to: "subscribers", kind: "event" as const },
    ...queueNames.flatMap((name) => {
      const queue: QueueTopology = queues[name];
      return [
        { from: node.queue(name), to: queue.receiver, kind: "message" as const, ...runOf(queue) },
        ...sendersOf(queue).map((sender) => ({
          from: sender,
          to: node.queue(name),
          kind: "message" as const,
          runs: runFrom(sender, queue.receiver),
        })),
      ];
    }),
  ];
}

function shapes(): ReadonlyMap<string, Shape> {
  return new Map<string, Shape>([
    ...subscriptions
      .filter(([, { source }]) => source !== "ratchet")
      .map(([name, subscription]) => [node.source(name), sourceShape(subscription)] as const),
    ...queueNames.map((name) => [node.queue(name), queueShape(name)] as const),
    ...services.map((name) => [name, serviceShape(name)] as const),
    ["topic", topicShape()],
    ["subscribers", cardShape("subscribers", ["webhooks of yours"], amber)],
  ]);
}

const margin = 24;

/** Which queues a rule holds for, as the end of a sentence. */
function exceptions(holds: (queue: QueueTopology) => boolean): string {
  const others = queueNames.filter((name) => !holds(queues[name]));
  return others.length === 0 ? "" : ` (not to ${others.join(", ")})`;
}

function legend(y: number): string {
  const group = (x: number, ...inside: readonly string[]) =>
    element("g", { transform: `translate(${x} ${y})` }, ...inside);
  const pill = { fill: palette.paper, stroke: palette.service };
  const byOperators = exceptions(({ senders }) => senders.includes("operator"));
  const byReceivers = exceptions(({ senders, receiver }) => senders.includes(receiver));
  return [
    group(margin, arrow("M0 -4H34"), text(42, 0, "messages", small)),
    group(margin + 130, arrow("M0 -4H34", "event"), text(42, 0, "events, by an Event Grid subscription", small)),
    group(
      margin + 440,
      box({ x: 0, y: -14, width: 34, height: 18 }, { ...pill, rx: 9, "stroke-width": 1.5 }),
      box({ x: 3.5, y: -10.5, width: 27, height: 11 }, { ...pill, rx: 5.5 }),
      text(42, 0, "sessions: one message at a time per model", small),
    ),
    text(
      margin,
      y + 22,
      `Not drawn: operators send to every queue, to replay${byOperators}; each service sends to its own queues, to try again${byReceivers}.`,
      small,
    ),
  ].join("\n");
}

function drawGraph(
  layout: Layout,
  shapes: ReadonlyMap<string, Shape>,
  drawn: readonly Line[],
  { x, y }: { readonly x: number; readonly y: number },
): string {
  return element(
    "g",
    { transform: `translate(${x} ${y})` },
    ...layout.lines.map((path, index) => `\n${arrow(path, drawn[index]?.kind ?? "message")}`),
    ...[...layout.boxes].map(([name, at]) => `\n${shapes.get(name)?.draw(at) ?? ""}`),
    "\n",
  );
}

/** All that a line leads to from a name, and it. */
function reachedFrom(start: string, drawn: readonly Line[]): ReadonlySet<string> {
  const found = new Set([start]);
  for (const name of found) for (const { from, to } of drawn) if (from === name) found.add(to);
  return found;
}

/** The picture of queues, services, subscriptions and containers. */
export async function messagesPicture(): Promise<string> {
  const all = shapes();
  const drawn = lines();
  const told = reachedFrom("topic", drawn);
  const part = (inside: (name: string) => boolean) => {
    const own = drawn.filter(({ from }) => inside(from));
    return { own, layout: layOut(new Map([...all].filter(([name]) => inside(name))), own) };
  };
  const [work, facts] = [part((name) => !told.has(name)), part((name) => told.has(name))];
  const [workLayout, factsLayout] = [await work.layout, await facts.layout];
  const down = below(workLayout, factsLayout, 24);
  const height = margin + Math.max(workLayout.height, down + factsLayout.height) + 78;
  return picture(
    {
      width: Math.max(workLayout.width, factsLayout.width) + 2 * margin,
      height,
      title: "Who sends what to whom, and whose state is whose",
      description:
        "Event Grid subscriptions, queues, services with the containers that they own and read, and the topic. Made from contracts/src/topology.ts.",
    },
    [
      drawGraph(workLayout, all, work.own, { x: margin, y: margin }),
      drawGraph(factsLayout, all, facts.own, { x: margin, y: margin + down }),
      legend(height - 40),
    ],
  );
}
