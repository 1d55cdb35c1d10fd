import type { Machine } from "../lib/machine.ts";
import type { Broker, Durability } from "./broker.ts";
import type { Measurement } from "./measurement.ts";
import type { MemoryUse } from "./memory.ts";

export interface StartUp {
  readonly broker: Broker["name"];
  /** From the start of the process to the first AMQP connection, the median of several. */
  readonly milliseconds: number;
}

/** All of one run, as it is written to `results/service-bus.json`. */
export interface Results {
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly messageBytes: number;
  readonly throughput: readonly Measurement[];
  readonly memory: readonly MemoryUse[];
  readonly startUp: readonly StartUp[];
}

/** The same work done by both brokers through the same client, side by side. */
export interface Comparison {
  readonly work: string;
  readonly durability: Durability;
  readonly ours: Measurement;
  readonly theirs?: Measurement;
}

export const comparisons = (throughput: readonly Measurement[]): readonly Comparison[] =>
  throughput
    .filter(({ broker, client }) => broker === "local-azure" && client === "rhea")
    .map((ours) => {
      const theirs = throughput.find(
        ({ broker, work, durability }) => broker === "rabbitmq" && work === ours.work && durability === ours.durability,
      );
      return { work: ours.work, durability: ours.durability, ours, ...(theirs && { theirs }) };
    });
