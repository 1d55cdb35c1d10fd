import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import { type QueueName, queues, type ServiceName, services } from "@ratchet/contracts";
import { type Connections, type Functions, type Invocation, type Route, receiveMessage } from "@ratchet/messaging";
import { Cron } from "croner";
import type { Clock } from "../engine/clock.ts";
import type { Faults } from "../engine/faults.ts";
import type { Invocations, Process } from "../engine/processes.ts";
import type { Random } from "../engine/random.ts";
import type { Story } from "../engine/story.ts";
import type { Held, SimulatedQueue } from "./broker.ts";

type Answer = (request: HttpRequest, invocation: Invocation) => Promise<HttpResponseInit>;
type Work = (invocation: Invocation) => Promise<void>;

/** What a process has registered. */
interface Instance {
  readonly process: Process;
  readonly connections: Connections;
  readonly routes: Map<QueueName, readonly Route[]>;
  readonly timers: Map<string, Work>;
  readonly requests: Map<string, Answer>;
  /** Messages in hand, by queue. */
  readonly inHand: Map<QueueName, number>;
}

/** The function apps of all services: several processes each, that end and start again. */
export interface Cluster {
  readonly processes: readonly Process[];
  /** How many messages were handed to functions. */
  readonly deliveries: number;
  /** Whether any function runs. */
  readonly isIdle: boolean;
  /** Ends a process; another takes its place some time later. */
  end(process: Process, why: string): void;
  /** A queue may have something to receive. */
  available(queue: QueueName): void;
  /** Asks a function that answers requests; what becomes of it is told where the process lives to tell it. */
  request(
    service: ServiceName,
    name: string,
    ask: { readonly params?: Readonly<Record<string, string>>; readonly body?: unknown },
    told?: (outcome: { readonly value: HttpResponseInit } | { readonly error: unknown }) => void,
  ): void;
}

interface ClusterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: Faults;
  readonly invocations: Invocations;
  readonly story: Story;
  readonly queue: (name: QueueName) => SimulatedQueue;
  readonly connect: (process: Process) => Connections;
  readonly start: (service: ServiceName, functions: Functions<never>, connections: Connections) => void;
}

const second = 1000;
const minute = 60 * second;

/** Processes of each service. */
const instances = 2;
/** How often, of a hundred deliveries, a lock is not renewed, or an outcome never reaches the broker. */
const lostLocks = 0.03;
const lostOutcomes = 0.02;
const doubledTimers = 0.05;

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export function createCluster(options: ClusterOptions): Cluster {
  const { clock, random, faults, invocations, story, queue, connect, start } = options;
  const running: Instance[] = [];
  const schedules = new Map<string, { readonly service: ServiceName; readonly timer: string; readonly cron: Cron }>();
  const pumps = new Set<QueueName>();
  let started = 0;
  let deliveries = 0;
  let calls = 0;

  function launch(service: ServiceName): void {
    started += 1;
    const skew = faults.stopped ? 0 : random.int(-2 * second, 2 * second);
    const process: Process = { service, name: `${service}#${started}`, alive: true, pausedUntil: 0, skew };
    const instance: Instance = {
      process,
      connections: connect(process),
      routes: new Map(),
      timers: new Map(),
      requests: new Map(),
      inHand: new Map(),
    };
    const functions: Functions<ServiceName> = {
      receive: (name, routes) => void instance.routes.set(name, routes),
      onSchedule(timer, schedule, work) {
        instance.timers.set(timer, work);
        follow(service, timer, schedule);
      },
      onRequest: (name, _, answer) => void instance.requests.set(name, answer),
    };
    start(service, functions as Functions<never>, instance.connections);
    running.push(instance);
    for (const name of instance.routes.keys()) available(name);
  }

  function end(process: Process, why: string): void {
    if (!process.alive) return;
    process.alive = false;
    story.tell(clock.now, () => `${process.name} ends ${why}`);
    const index = running.findIndex((instance) => instance.process === process);
    if (index >= 0) running.splice(index, 1);
    clock.after(faults.stopped ? 5 * second : random.span(second, 5 * minute), () =>
      launch(process.service as ServiceName),
    );
  }

  const isAwake = ({ process }: Instance): boolean => process.alive && process.pausedUntil <= clock.now;

  const invocationOf = ({ connections }: Instance): Invocation => {
    calls += 1;
    return { now: connections.clock(), id: `invocation-${calls}`, log: quietLog };
  };

  /** Runs a timer on one process, now and then on two, and a little late. */
  function follow(service: ServiceName, timer: string, schedule: string): void {
    const key = `${service}/${timer}`;
    if (schedules.has(key)) return;
    const cron = new Cron(schedule, { mode: "6-part", timezone: "UTC", paused: true });
    schedules.set(key, { service, timer, cron });
    const next = (): void => {
      const due = cron.nextRun(new Date(clock.now))?.getTime();
      if (due === undefined) return;
      clock.at(due, () => {
        clock.after(faults.stopped ? random.int(0, 200) : random.span(10, 30 * second), () => fire(service, timer));
        next();
      });
    };
    next();
  }

  function fire(service: ServiceName, timer: string): void {
    const able = running.filter((instance) => instance.process.service === service && isAwake(instance));
    const count = !faults.stopped && random.chance(doubledTimers) ? 2 : 1;
    for (const instance of able.slice(0, count)) {
      const work = instance.timers.get(timer);
      if (!work) continue;
      invocations.run(
        instance.process,
        timer,
        () => work(invocationOf(instance)),
        (outcome) => {
          if ("error" in outcome)
            story.tell(clock.now, () => `${instance.process.name}, ${timer}, fails: ${String(outcome.error)}`);
        },
      );
    }
  }

  function available(name: QueueName): void {
    if (pumps.has(name)) return;
    pumps.add(name);
    clock.after(random.int(1, 30), () => {
      pumps.delete(name);
      pump(name);
    });
  }

  /** Gives a queue's messages to processes that have a hand free, as many as there are. */
  function pump(name: QueueName): void {
    const receiving = { system: "service-bus", scope: name, what: `receives from ${name}` } as const;
    const hands = running.filter(
      (instance) =>
        instance.routes.has(name) && isAwake(instance) && faults.reaches(instance.process, receiving, clock.now),
    );
    // Whoever cannot receive now asks again.
    if (hands.length === 0) clock.after(2 * second, () => available(name));
    for (;;) {
      const free = hands.filter((instance) => (instance.inHand.get(name) ?? 0) < queues[name].concurrency);
      if (free.length === 0) return;
      const held = queue(name).receive();
      if (!held) return;
      deliver(random.pick(free), name, held);
    }
  }

  function deliver(instance: Instance, name: QueueName, held: Held): void {
    const { process, connections, routes } = instance;
    const { message } = held;
    deliveries += 1;
    instance.inHand.set(name, (instance.inHand.get(name) ?? 0) + 1);
    const renewal = holdOn(process, name, held);
    const reception = {
      service: process.service as ServiceName,
      queue: name,
      routes: routes.get(name) ?? [],
      messages: connections.messages,
      events: connections.events,
      clock: connections.clock,
    };
    const incoming = {
      body: message.body,
      messageId: message.messageId,
      ...(message.sessionId === undefined ? {} : { sessionId: message.sessionId }),
      properties: message.properties,
    };
    story.tell(clock.now, () => `${process.name} receives ${inWords(message.body)} from ${name}`);
    invocations.run(
      process,
      name,
      () => receiveMessage(reception, incoming, silent),
      (outcome) => {
        renewal.end();
        clock.after(random.int(1, 20), () => {
          instance.inHand.set(name, (instance.inHand.get(name) ?? 1) - 1);
          if (!process.alive) return;
          settle(process, name, held, "value" in outcome);
          available(name);
        });
      },
    );
  }

  function settle(process: Process, name: QueueName, held: Held, done: boolean): void {
    if (!faults.stopped && random.chance(lostOutcomes)) {
      faults.note();
      story.tell(clock.now, () => `the outcome of ${inWords(held.message.body)} is lost on the way to ${name}`);
      return;
    }
    try {
      if (done) held.complete();
      else held.abandon();
    } catch (error) {
      story.tell(clock.now, () => `${process.name} cannot settle ${inWords(held.message.body)}: ${String(error)}`);
    }
  }

  /** Renews the lock of a message in hand, as the host does, unless it fails to. */
  function holdOn(process: Process, name: QueueName, held: Held): { end(): void } {
    let over = false;
    if (!faults.stopped && random.chance(lostLocks)) {
      faults.note();
      return { end: () => undefined };
    }
    const renew = (): void => {
      if (over || !process.alive) return;
      if (process.pausedUntil <= clock.now) held.renew();
      clock.after(queue(name).lockDuration / 2, renew);
    };
    clock.after(queue(name).lockDuration / 2, renew);
    return {
      end() {
        over = true;
      },
    };
  }

  const quietLog: Invocation["log"] = { ...silent, with: () => quietLog };

  for (const service of services) for (let count = 0; count < instances; count += 1) launch(service);

  return {
    get processes() {
      return running.map(({ process }) => process);
    },
    get deliveries() {
      return deliveries;
    },
    get isIdle() {
      return running.every(({ inHand }) => [...inHand.values()].every((count) => count === 0));
    },
    end,
    available,
    request(service, name, { params = {}, body }, told = () => undefined) {
      const able = running.filter((instance) => instance.process.service === service && isAwake(instance));
      if (able.length === 0) return;
      const instance = random.pick(able);
      const answer = instance.requests.get(name);
      if (!answer) throw new RangeError(`${service} answers no request ${name}`);
      const request = { params, json: async () => body } as unknown as HttpRequest;
      invocations.run(instance.process, name, () => answer(request, invocationOf(instance)), told);
    },
  };
}

/** A message in a few words. */
export function inWords(body: unknown): string {
  if (typeof body !== "object" || body === null || !("type" in body)) return "a message";
  const { type, subject } = body as { readonly type: string; readonly subject?: string };
  return `${type.replace(/^ratchet\.|^Microsoft\.[^.]+\.|\.v1$/g, "").replace(/\.v1$/, "")} (${subject ?? ""})`;
}
