import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceBusAdministrationClient, ServiceBusClient } from "@azure/service-bus";
import { createCertificateAuthority, trustCertificateAuthority } from "@local-azure/identity";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { type RuleFilter, startServiceBus } from "../src/index.ts";
import { dockerAnswers } from "./docker.ts";
import { QUEUE_KINDS, type QueueKind, SUBSCRIPTIONS } from "./kinds.ts";

/** Where fresh entities come from. */
export interface EntityPool {
  readonly connectionString: string;
  /** The name of a queue that no test has used. */
  queue(kind: QueueKind): Promise<string>;
  /** The name of a topic with the subscriptions of `kinds.ts`. */
  topic(): Promise<string>;
  close(): Promise<void>;
}

/** What a behaviour is tried against. */
export interface Target {
  readonly client: ServiceBusClient;
  readonly administration: ServiceBusAdministrationClient;
  queue(kind?: QueueKind): Promise<string>;
  topic(): Promise<string>;
}

const CONTAINER_START = 5 * 60_000;

interface TargetKind {
  readonly name: string;
  readonly isThere: boolean;
  readonly whyNot: string;
  readonly start: () => Promise<EntityPool>;
}

const realNamespace = process.env["SERVICEBUS_CONNECTION_STRING"];
const hasDocker = await dockerAnswers();

const TARGETS: readonly TargetKind[] = [
  { name: "embedded", isThere: true, whyNot: "", start: startEmbedded },
  {
    name: "Microsoft's emulator",
    isThere: hasDocker,
    whyNot: "no Docker daemon answers",
    start: async () => (await import("./emulator.ts")).startEmulator(),
  },
  {
    name: "real namespace",
    isThere: realNamespace !== undefined,
    whyNot: "SERVICEBUS_CONNECTION_STRING is not set",
    start: async () => poolOf(realNamespace ?? "", async () => {}),
  },
];

/** Declares behaviours against every target that is there, and says of the others why they are skipped. */
export function behaviours(title: string, declare: (target: Target) => void): void {
  for (const { name, isThere, whyNot, start } of TARGETS) {
    if (!isThere) console.log(`SKIPPED: ${title} against ${name}: ${whyNot}.`);
    describe.skipIf(!isThere)(`${title} (${name})`, () => {
      let pool: EntityPool;
      let client: ServiceBusClient | undefined;
      let administration: ServiceBusAdministrationClient | undefined;
      beforeAll(async () => {
        pool = await start();
      }, CONTAINER_START);
      afterEach(async () => {
        await client?.close();
        client = undefined;
      });
      afterAll(() => pool?.close());
      declare({
        get client() {
          client ??= new ServiceBusClient(pool.connectionString);
          return client;
        },
        get administration() {
          administration ??= new ServiceBusAdministrationClient(pool.connectionString);
          return administration;
        },
        queue: (kind = "plain") => pool.queue(kind),
        topic: () => pool.topic(),
      });
    });
  }
}

async function startEmbedded(): Promise<EntityPool> {
  const folder = await mkdtemp(join(tmpdir(), "service-bus-conformance-"));
  const { server, caCertificate } = await createCertificateAuthority(folder);
  trustCertificateAuthority(caCertificate);
  const bus = await startServiceBus({ tls: server });
  return poolOf(bus.connectionString, async () => {
    await bus.close();
    await rm(folder, { recursive: true });
  });
}

/** Makes entities as they are asked for and deletes them at the end. */
async function poolOf(connectionString: string, close: () => Promise<void>): Promise<EntityPool> {
  const administration = new ServiceBusAdministrationClient(connectionString);
  const cleanUp: (() => Promise<unknown>)[] = [];
  return {
    connectionString,
    async queue(kind) {
      const name = `${kind}-${randomUUID()}`;
      await administration.createQueue(name, QUEUE_KINDS[kind]);
      cleanUp.push(() => administration.deleteQueue(name));
      return name;
    },
    async topic() {
      const name = `topic-${randomUUID()}`;
      await administration.createTopic(name);
      cleanUp.push(() => administration.deleteTopic(name));
      for (const [subscription, { rules }] of Object.entries(SUBSCRIPTIONS)) {
        await administration.createSubscription(name, subscription);
        if (!rules) continue;
        for (const rule of rules) {
          const filter = filterOf(rule.filter);
          const action = rule.action && { sqlExpression: rule.action.sqlExpression };
          if (action) await administration.createRule(name, subscription, rule.name, filter, action);
          else await administration.createRule(name, subscription, rule.name, filter);
        }
        await administration.deleteRule(name, subscription, "$Default");
      }
      return name;
    },
    async close() {
      for (const clean of cleanUp) await clean();
      await close();
    },
  };
}

/** The administration client knows true and false as the SQL that says so. */
function filterOf(filter: RuleFilter) {
  switch (filter.kind) {
    case "true":
      return { sqlExpression: "1=1" };
    case "false":
      return { sqlExpression: "1=0" };
    case "sql":
      return { sqlExpression: filter.sqlExpression };
    case "correlation": {
      const { subject, applicationProperties } = filter;
      return { subject, applicationProperties: applicationProperties as Record<string, string> };
    }
  }
}
