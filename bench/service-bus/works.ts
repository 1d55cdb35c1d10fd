import type { AmqpConnection } from "./amqp-connection.ts";
import type { Durability } from "./broker.ts";
import type { Pace } from "./measurement.ts";
import { hop, receive, send } from "./rhea-client.ts";
import type { SdkConnection } from "./sdk-client.ts";

/**
 * The work that is measured, in the order in which it is done: what the first ones send, the next ones receive, and
 * each round leaves the queue empty.
 */
export interface Work<Connection> {
  readonly name: string;
  readonly run: (connection: Connection, durability: Durability) => Promise<Pace>;
}

/** What a round of each work counts. */
export interface Scale {
  readonly slow: number;
  readonly fast: number;
}

export const rheaWorks = (address: string, { slow, fast }: Scale): readonly Work<AmqpConnection>[] => [
  { name: "send one by one", run: (connection, durability) => send(connection, address, durability, slow, 1) },
  { name: "send, 500 in flight", run: (connection, durability) => send(connection, address, durability, fast, 500) },
  {
    name: "receive one by one and complete",
    run: (connection, durability) => receive(connection, address, durability, slow, 1),
  },
  {
    name: "receive with credit 500 and complete",
    run: (connection, durability) => receive(connection, address, durability, fast, 500),
  },
  {
    name: "from sender to waiting receiver",
    run: (connection, durability) => hop(connection, address, durability, slow),
  },
];

export const sdkWorks = ({ slow, fast }: Scale): readonly Work<SdkConnection>[] => [
  { name: "send one by one", run: (sdk) => sdk.send(slow, 1) },
  { name: "send, 500 in flight", run: (sdk) => sdk.send(fast, 500) },
  { name: "send arrays of 100", run: (sdk) => sdk.sendArrays(fast, 100) },
  { name: "receive one by one and complete", run: (sdk) => sdk.receive(slow, 1) },
  { name: "receive 100 at a time and complete", run: (sdk) => sdk.receive(fast, 100) },
  { name: "subscribe with 100 at once and complete", run: (sdk) => sdk.subscribe(fast, 100) },
  { name: "from sender to waiting receiver", run: (sdk) => sdk.hop(slow) },
];
