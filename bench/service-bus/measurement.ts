import { median, percentile } from "../lib/statistics.ts";
import type { Broker, Durability } from "./broker.ts";

/** How one piece of work went. */
export interface Pace {
  readonly count: number;
  readonly seconds: number;
  /** Milliseconds of each message where they can be told apart. */
  readonly latencies: readonly number[];
}

type Client = "rhea" | "@azure/service-bus";

/** One cell of the report: the median round of one work on one broker. */
export interface Measurement {
  readonly work: string;
  readonly durability: Durability;
  readonly broker: Broker["name"];
  readonly client: Client;
  readonly messagesPerSecond: number;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p99?: number;
}

export const summarise = (
  of: Pick<Measurement, "work" | "durability" | "broker" | "client">,
  rounds: readonly Pace[],
): Measurement => {
  const latencies = rounds.flatMap((round) => round.latencies);
  const messagesPerSecond = median(rounds.map(({ count, seconds }) => count / seconds));
  if (latencies.length === 0) return { ...of, messagesPerSecond };
  return { ...of, messagesPerSecond, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
};
