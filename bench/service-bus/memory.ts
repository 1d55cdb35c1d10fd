import { residentBytes } from "../lib/process.ts";
import { connect } from "./amqp-connection.ts";
import type { Broker, Durability } from "./broker.ts";
import { send } from "./rhea-client.ts";

/** What waiting messages cost a broker. */
export interface MemoryUse {
  readonly broker: Broker["name"];
  readonly durability: Durability;
  readonly messages: number;
  readonly idleBytes: number;
  readonly filledBytes: number;
  readonly bytesPerMessage: number;
  readonly secondsToFill: number;
}

/** Fills a queue of a fresh broker with messages of 200 bytes that nobody receives. */
export const measureMemory = async (broker: Broker, durability: Durability, messages: number): Promise<MemoryUse> => {
  const connection = await connect(broker.host, broker.port);
  const idleBytes = await residentBytes(broker.pid);
  const { seconds } = await send(connection, broker.address("memory"), durability, messages, 1000);
  const filledBytes = await residentBytes(broker.pid);
  await connection.close();
  return {
    broker: broker.name,
    durability,
    messages,
    idleBytes,
    filledBytes,
    bytesPerMessage: (filledBytes - idleBytes) / messages,
    secondsToFill: seconds,
  };
};
