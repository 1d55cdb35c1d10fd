/** A broker under measurement, in a process of its own. */
export interface Broker {
  readonly name: "local-azure" | "rabbitmq";
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** From the start of its process to the first AMQP connection, in milliseconds. */
  readonly startUp: number;
  /** What the AMQP link of one of the queues is attached to. */
  address(queue: QueueName): string;
  stop(): Promise<void>;
}

/** Messages are on disk before they are acknowledged, or they are not. */
export type Durability = "durable" | "in memory";

export const QUEUES = ["rhea", "sdk", "memory"] as const;
export type QueueName = (typeof QUEUES)[number];
