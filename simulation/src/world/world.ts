import { containers, type Envelope, type QueueName, queues, services } from "@ratchet/contracts";
import type { Connections } from "@ratchet/messaging";
import { type Clock, createClock } from "../engine/clock.ts";
import { createEffects } from "../engine/effects.ts";
import { createFaults, type Faults } from "../engine/faults.ts";
import { createInvocations, type Invocations, type Process } from "../engine/processes.ts";
import { type Random, randomOf } from "../engine/random.ts";
import { createStory, type Story } from "../engine/story.ts";
import { type Apps, createApps } from "./app-service.ts";
import { createQueue, type SimulatedQueue } from "./broker.ts";
import { type Cluster, createCluster, inWords } from "./cluster.ts";
import { queuesFor } from "./event-grid.ts";
import { createFacts, type Facts } from "./facts.ts";
import { createMachineLearning, hasEnded, type MachineLearning } from "./machine-learning.ts";
import { startService } from "./services.ts";
import { createStorage, type Storage } from "./storage.ts";

/** Everything that there is. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: Faults;
  readonly invocations: Invocations;
  readonly story: Story;
  readonly storage: Storage;
  readonly machineLearning: MachineLearning;
  readonly apps: Apps;
  readonly cluster: Cluster;
  readonly facts: Facts;
  readonly queues: ReadonlyMap<QueueName, SimulatedQueue>;
  /** What operators send messages by. */
  readonly transports: Pick<Connections, "messages" | "events">;
  /** Events that are on their way. */
  readonly undelivered: number;
}

const second = 1000;
const minute = 60 * second;

/** How often Event Grid delivers twice, late, or never; it never loses what is stated on the topic. */
const doubled = 0.05;
const late = 0.05;
const neverDelivered = 0.02;

export function createWorld(seed: number, { story: wanted }: { readonly story: boolean }): World {
  const clock = createClock();
  const random = randomOf(seed);
  const story = createStory(wanted);
  const scopes = [...Object.keys(containers), ...Object.keys(queues), "topic", "workspace", "sites"];
  const faults = createFaults(random, services, scopes);
  const invocations = createInvocations();
  const facts = createFacts();
  const now = (): number => clock.now;
  let undelivered = 0;

  const effects = createEffects(clock, random, faults, invocations, story, (process, why) => cluster.end(process, why));

  // Queues
  const ticks = new Map<QueueName, number>();
  function watch(queue: SimulatedQueue): void {
    const due = queue.nextDue();
    if (due === Number.POSITIVE_INFINITY || (ticks.get(queue.name) ?? Number.POSITIVE_INFINITY) <= due) return;
    ticks.set(queue.name, due);
    clock.at(due, () => {
      ticks.delete(queue.name);
      queue.tick();
      watch(queue);
    });
  }
  const allQueues = new Map<QueueName, SimulatedQueue>(
    (Object.keys(queues) as QueueName[]).map((name) => {
      const queue = createQueue(name, now, () => {
        cluster?.available(name);
      });
      const watched: SimulatedQueue = {
        ...queue,
        get count() {
          return queue.count;
        },
        get scheduled() {
          return queue.scheduled;
        },
        send(message, notBefore) {
          queue.send(message, notBefore);
          watch(queue);
        },
        receive() {
          const held = queue.receive();
          watch(queue);
          return held;
        },
      };
      return [name, watched];
    }),
  );
  const queueOf = (name: QueueName): SimulatedQueue => {
    const queue = allQueues.get(name);
    if (!queue) throw new RangeError(`there is no queue ${name}`);
    return queue;
  };

  // Event Grid
  function deliver(source: Parameters<typeof queuesFor>[0], event: Envelope): void {
    for (const name of queuesFor(source, event)) {
      if (!faults.stopped && source !== "ratchet" && random.chance(neverDelivered)) {
        faults.note();
        story.tell(clock.now, () => `${inWords(event)} never comes to ${name}`);
        continue;
      }
      const arrive = (): void => queueOf(name).send({ messageId: event.id, body: event, properties: {} });
      const times = !faults.stopped && random.chance(doubled) ? 2 : 1;
      if (times === 2) faults.note();
      for (let time = 0; time < times; time += 1) {
        const isLate = !faults.stopped && random.chance(late);
        if (isLate) faults.note();
        undelivered += 1;
        clock.after(isLate ? random.span(second, 40 * minute) : random.span(10, 2 * second), () => {
          undelivered -= 1;
          arrive();
        });
      }
    }
  }

  const storage = createStorage({
    effects,
    now,
    onChange: (change) => facts.see(change),
    onEvent: (event) => deliver("storage", event),
  });

  const machineLearning = createMachineLearning({
    clock,
    random,
    effects,
    storage,
    onEvent: (event) => deliver("machine-learning", event),
    onJob(job) {
      story.tell(clock.now, () => `the job ${job.name} is ${job.status}`);
      const atOnce = [...machineLearning.jobs.values()].filter(
        (other) => other.model === job.model && !hasEnded(other),
      );
      if (atOnce.length > 1)
        facts.broken.push(`${job.model} has two runs at once: ${atOnce.map(({ name }) => name).join(", ")}`);
    },
    noteFault(what) {
      faults.note();
      story.tell(clock.now, () => what);
    },
  });

  const apps = createApps({
    clock,
    random,
    effects,
    calm: () => faults.stopped,
    onProduction: (app) =>
      story.tell(clock.now, () => `production of ${app} is now ${JSON.stringify(apps.serves(app))}`),
  });

  const publish = (event: Envelope): void => {
    facts.hear(event);
    deliver("ratchet", event);
  };

  const connect = (process: Process): Connections => ({
    credential: { getToken: async () => null },
    blobs: (container) => storage.blobs(container),
    pause: (attempt) => effects.sleep(random.int(1, 20 * attempt)),
    messages: {
      send(name, { messageId, sessionId, body, applicationProperties }, notBefore) {
        const what = `sends ${inWords(body)} to ${name}${notBefore ? `, not before ${notBefore.toISOString()}` : ""}`;
        return effects.perform({ system: "service-bus", scope: name, what }, () =>
          queueOf(name).send(
            { messageId, ...(sessionId === undefined ? {} : { sessionId }), body, properties: applicationProperties },
            notBefore?.getTime(),
          ),
        );
      },
      close: async () => undefined,
    },
    events: {
      publish: (event) =>
        effects.perform({ system: "event-grid", scope: "topic", what: `states ${inWords(event)}` }, () =>
          publish(event),
        ),
    },
    clock: () => new Date(clock.now + process.skew),
  });

  const gateways = {
    workspace: machineLearning.workspace,
    registry: machineLearning.registry,
    appService: apps.appService,
    inferenceApp: apps.inferenceApp,
  };

  const cluster: Cluster = createCluster({
    clock,
    random,
    faults,
    invocations,
    story,
    queue: queueOf,
    connect,
    start: (service, functions, connections) => startService(service, functions, connections, gateways),
  });

  return {
    clock,
    random,
    faults,
    invocations,
    story,
    storage,
    machineLearning,
    apps,
    cluster,
    facts,
    queues: allQueues,
    transports: {
      messages: {
        async send(name, { messageId, sessionId, body, applicationProperties }, notBefore) {
          const message = {
            messageId,
            ...(sessionId === undefined ? {} : { sessionId }),
            body,
            properties: applicationProperties,
          };
          queueOf(name).send(message, notBefore?.getTime());
        },
        close: async () => undefined,
      },
      events: { publish: async (event) => publish(event) },
    },
    get undelivered() {
      return undelivered;
    },
  };
}
