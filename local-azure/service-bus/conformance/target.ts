import { ServiceBusAdministrationClient, ServiceBusClient } from "@azure/service-bus";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { startTrustedBus } from "../src/testing/trusted-bus.ts";
import { dockerAnswers } from "./docker.ts";
import type { EntityPool } from "./entity-pool.ts";
import type { QueueKind } from "./kinds.ts";
import { namespacePool } from "./namespace-pool.ts";

/** What a behaviour is tried against. */
interface Target {
  readonly client: ServiceBusClient;
  readonly administration: ServiceBusAdministrationClient;
  queue(kind?: QueueKind): Promise<string>;
  topic(): Promise<string>;
}

const containerStartMs = 5 * 60_000;

interface TargetKind {
  readonly name: string;
  readonly isThere: boolean;
  readonly whyNot: string;
  readonly start: () => Promise<EntityPool>;
}

const realNamespace = process.env["SERVICEBUS_CONNECTION_STRING"];
const hasDocker = await dockerAnswers();

const targets: readonly TargetKind[] = [
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
    start: async () => namespacePool(realNamespace ?? "", async () => {}),
  },
];

/** Declares behaviours against every target that is there, and says of the others why they are skipped. */
export function behaviours(title: string, declare: (target: Target) => void): void {
  for (const { name, isThere, whyNot, start } of targets) {
    if (!isThere) console.log(`SKIPPED: ${title} against ${name}: ${whyNot}.`);
    describe.skipIf(!isThere)(`${title} (${name})`, () => {
      let pool: EntityPool;
      let client: ServiceBusClient | undefined;
      let administration: ServiceBusAdministrationClient | undefined;
      beforeAll(async () => {
        pool = await start();
      }, containerStartMs);
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
  const bus = await startTrustedBus();
  return namespacePool(bus.connectionString, () => bus.close());
}
