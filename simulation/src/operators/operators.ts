import { createHash } from "node:crypto";
import type { ServiceBusClient } from "@azure/service-bus";
import {
  admitBatch,
  dataQuarantined,
  forceModel,
  freezeModel,
  paths,
  type QueueName,
  restoreBatch,
  rollBackModel,
  thawModel,
  withdrawBatch,
} from "@ratchet/contracts";
import { createOutbox, type Outbox, replayDeadLetters, traceOf } from "@ratchet/messaging";
import { strToU8, zipSync } from "fflate";
import { behaviours } from "../world/app-service.ts";
import { challengerTags, hasEnded } from "../world/machine-learning.ts";
import { standInModel, truthOf } from "../world/stand-in-model.ts";
import type { World } from "../world/world.ts";
import { apply, type Project } from "./projects.ts";

/** People and programs outside: they drop, apply, roll back, cancel, force and replay. */
export interface Operators {
  /** Sets up what there is before anything goes wrong. */
  begin(): void;
  /** Does one thing, whichever chance picks. */
  actOnce(): void;
  /** Replays every dead letter that there is; gives how many. */
  replayAll(): number;
  readonly models: readonly string[];
}

const sha256 = (content: Uint8Array | string): string => createHash("sha256").update(content).digest("hex");

export function createOperators(world: World): Operators {
  const { random, storage, clock, story, facts, machineLearning, apps, cluster } = world;
  const projects = new Map<string, Project>();
  let acts = 0;
  const contents: { readonly model: string; readonly content: string }[] = [];

  const tell = (line: string): void => story.tell(clock.now, () => `an operator ${line}`);
  const outbox = (): Outbox => {
    acts += 1;
    const cause = `operator/${acts}`;
    return createOutbox(
      "operator",
      { cause, traceparent: traceOf(cause), time: new Date(clock.now) },
      world.transports,
    );
  };
  const model = (): string => random.pick([...projects.keys()]);

  /** @param most a file of small numbers stands out from others. */
  function rows(count: number, most = 1_000_000): string {
    const lines = Array.from({ length: count }, () => {
      const [a, b] = [random.int(0, most), random.int(0, most)];
      return `${a},${b},${truthOf(a, b)}`;
    });
    return `a,b,label\n${lines.join("\n")}\n`;
  }

  function put(name: string, file: string, content: string, good: boolean): void {
    const etag = storage.put("drops", file, content).replaceAll('"', "");
    facts.drops.push({ model: name, file, etag, contentSha256: sha256(content), good });
    if (good) contents.push({ model: name, content });
  }

  function drop(): void {
    const name = model();
    acts += 1;
    const file = random.chance(0.3) ? `${name}/latest.csv` : `${name}/part-${acts}.csv`;
    const kind = random.int(0, 9);
    const again = kind === 1 && contents.length > 0 ? random.pick(contents) : undefined;
    if (kind === 0) {
      tell(`drops a bad file as ${file}`);
      put(name, file, "a,b,label\n1,2,7\n", false);
    } else if (again) {
      tell(`drops known content as ${again.model}/again-${acts}.csv`);
      put(again.model, `${again.model}/again-${acts}.csv`, again.content, true);
    } else if (kind <= 3) {
      tell(`drops ${file}, which is like no other`);
      put(name, file, rows(random.int(20, 60), 999), true);
    } else {
      tell(`drops ${file}`);
      put(name, file, rows(random.int(12, 60)), true);
    }
  }

  function deleteDrop(): void {
    const dropped = facts.drops.at(-random.int(1, 3));
    if (!dropped) return;
    tell(`deletes ${dropped.file}`);
    storage.remove("drops", dropped.file);
  }

  function applyAnew(project: Project): void {
    tell(`applies ${project.model}`);
    apply(storage, project, clock.now);
    projects.set(project.model, project);
    apps.create(project.app);
  }

  function releaseCode(behaviour: (typeof behaviours)[number]): void {
    acts += 1;
    const zip = zipSync(
      { behaviour: strToU8(behaviour), note: strToU8(String(acts)) },
      { mtime: new Date(1980, 0, 1) },
    );
    tell(`releases inference code that is ${behaviour}`);
    if (behaviour !== "right") facts.brokenCode.add(sha256(zip));
    storage.put("releases", paths.codeRelease(sha256(zip)), zip);
  }

  function registerOther(): void {
    const name = model();
    acts += 1;
    const version = String(machineLearning.nextVersion(name));
    const path = `elsewhere/${name}-${acts}/model.onnx`;
    tell(`registers ${name}:${version} from elsewhere`);
    storage.put("runs", path, standInModel({ quality: random.int(50, 99) / 100, salt: random.int(1, 1_000_000) }));
    machineLearning.register({ name, version, tags: challengerTags(name, `runs/${path}`, []) });
  }

  function force(): void {
    const name = model();
    const judged = storage.paths("verdicts", `${name}/`).flatMap((path) => {
      const version = /^[^/]+\/([^/]+)\.json$/.exec(path)?.[1];
      return version === undefined || path === paths.holdoutEpoch(name) ? [] : [version];
    });
    if (judged.length === 0) return;
    const version = random.pick(judged);
    tell(`forces ${name} ${version}`);
    facts.forced.add(`${name}/${version}`);
    void outbox().send(forceModel, { model: name, version, reason: "an operator wants it" });
  }

  function rollBack(): void {
    const name = model();
    tell(`rolls ${name} back`);
    void outbox().send(rollBackModel, { model: name, reason: "an operator wants it" });
  }

  function freeze(): void {
    const name = model();
    tell(`freezes ${name}`);
    void outbox().send(freezeModel, { model: name, reason: "an operator wants it" });
  }

  function thaw(): void {
    const name = model();
    tell(`thaws ${name}`);
    void outbox().send(thawModel, { model: name, reason: "an operator wants it" });
  }

  /** Somebody looks at a batch that was said to be in quarantine, whatever has become of it since. */
  function decideOnBatch(): void {
    const told = facts.said.filter((event) => dataQuarantined.is(event));
    if (told.length === 0) return;
    const { model: of, batch } = random.pick(told).data;
    const [word, command] = random.pick([
      ["admits", admitBatch],
      ["withdraws", withdrawBatch],
      ["restores", restoreBatch],
    ] as const);
    tell(`${word} ${batch} of ${of}`);
    void outbox().send(command, { model: of, batch, reason: "an operator wants it" });
  }

  function cancel(): void {
    const running = [...machineLearning.jobs.values()].filter((job) => !hasEnded(job));
    if (running.length === 0) return;
    const { name } = random.pick(running);
    tell(`cancels ${name}`);
    cluster.request("training-runner", "cancel", { params: { runId: name } });
  }

  function train(): void {
    const name = model();
    const again = random.chance(0.5);
    tell(`asks for training of ${name}${again ? " again" : ""}`);
    cluster.request("data-watcher", "train", { body: { model: name, again } });
  }

  const letters = (): readonly QueueName[] =>
    [...world.queues].flatMap(([name, queue]) => (queue.deadLetters().length > 0 ? [name] : []));

  function replay(name: QueueName): number {
    const numbers =
      world.queues
        .get(name)
        ?.deadLetters()
        .map(({ sequenceNumber }) => String(sequenceNumber)) ?? [];
    tell(`replays ${numbers.length} dead letters of ${name}`);
    void replayDeadLetters(deadLetterClient(world), name, numbers);
    return numbers.length;
  }

  function crash(): void {
    const { processes } = cluster;
    if (processes.length === 0) return;
    world.faults.note();
    cluster.end(random.pick(processes), "at random");
  }

  function beginOutage(): void {
    const what = world.faults.beginOutage(clock.now);
    story.tell(clock.now, () => what);
  }

  function pause(): void {
    const { processes } = cluster;
    if (processes.length === 0) return;
    const process = random.pick(processes);
    const lasts = random.span(1_000, 12 * 60_000);
    world.faults.note();
    story.tell(clock.now, () => `${process.name} stands still for ${Math.round(lasts / 1000)} s`);
    process.pausedUntil = clock.now + lasts;
  }

  const deeds: readonly (readonly [number, () => void])[] = [
    [10, drop],
    [2, deleteDrop],
    [2, () => applyAnew(randomProject(model()))],
    [1, () => applyAnew({ ...randomProject("gamma"), app: "inference-alpha" })],
    [2, () => releaseCode(random.pick(behaviours))],
    [1, registerOther],
    [2, force],
    [2, rollBack],
    [1, freeze],
    [3, thaw],
    [4, decideOnBatch],
    [2, cancel],
    [2, train],
    [2, () => void (letters().length > 0 && replay(random.pick(letters())))],
    [1, () => cluster.request("console", "rebuild", {})],
    [4, crash],
    [2, pause],
    [3, beginOutage],
  ];
  const total = deeds.reduce((sum, [weight]) => sum + weight, 0);

  function randomProject(name: string): Project {
    const known = projects.get(name);
    return {
      model: name,
      app: known?.app ?? `inference-${name}`,
      quietPeriod: random.int(5, 90),
      warmStart: random.chance(0.7),
      schedule: random.chance(0.3) ? "0 0 */3 * * *" : undefined,
      suspicion: random.pick(["quarantine", "quarantine", "warn", "off"] as const),
    };
  }

  return {
    begin() {
      for (const name of ["alpha", "beta"]) applyAnew(randomProject(name));
      releaseCode("right");
      for (const name of ["alpha", "beta"]) put(name, `${name}/first.csv`, rows(120), true);
    },
    actOnce() {
      let left = random.int(1, total);
      for (const [weight, deed] of deeds) {
        left -= weight;
        if (left <= 0) return deed();
      }
    },
    replayAll: () => letters().reduce((count, name) => count + replay(name), 0),
    get models() {
      return [...projects.keys()];
    },
  };
}

/** As much of the SDK's client as replaying asks for, over the simulated queues. */
function deadLetterClient(world: World): ServiceBusClient {
  const queueOf = (name: string) => {
    const queue = world.queues.get(name as QueueName);
    if (!queue) throw new RangeError(`there is no queue ${name}`);
    return queue;
  };
  const client = {
    createReceiver(name: string) {
      const held = new Set<number>();
      return {
        async receiveMessages(most: number) {
          const free = queueOf(name)
            .deadLetters()
            .filter(({ sequenceNumber }) => !held.has(sequenceNumber));
          const taken = free.slice(0, most);
          for (const { sequenceNumber } of taken) held.add(sequenceNumber);
          return taken.map(({ properties, ...message }) => ({ ...message, applicationProperties: properties }));
        },
        async completeMessage({ sequenceNumber }: { readonly sequenceNumber: number }) {
          queueOf(name).takeDeadLetter(sequenceNumber);
        },
        async abandonMessage() {},
        async close() {},
      };
    },
    createSender: (name: string) => ({
      async sendMessages(message: {
        readonly messageId: string;
        readonly sessionId?: string;
        readonly body: unknown;
        readonly applicationProperties: Readonly<Record<string, unknown>>;
      }) {
        const { messageId, sessionId, body, applicationProperties } = message;
        queueOf(name).send({
          messageId,
          ...(sessionId === undefined ? {} : { sessionId }),
          body,
          properties: applicationProperties,
        });
      },
      async close() {},
    }),
  };
  return client as unknown as ServiceBusClient;
}
