import { once } from "node:events";
import rhea, { type Connection, type Receiver, type Sender } from "rhea";
import type { Durability } from "./broker.ts";

/** One AMQP connection, opened without more ado than either broker needs. */
export interface AmqpConnection {
  /** What the broker calls its version, if it does. */
  readonly version: string;
  openSender(address: string, durability: Durability): Promise<Sender>;
  openReceiver(address: string, durability: Durability): Promise<Receiver>;
  close(): Promise<void>;
}

/** Throws what the broker or the socket says where the connection does not open. */
export const connect = async (host: string, port: number): Promise<AmqpConnection> => {
  const connection = rhea
    .create_container()
    .connect({ host, port, username: "guest", password: "guest", reconnect: false });
  await opened(connection, "connection_open", ["connection_error", "disconnected"]);
  return {
    version: String(connection.properties?.["version"] ?? "unknown"),
    openSender: async (address, durability) => {
      const sender = connection.open_sender({ target: terminus(address, durability) });
      await opened(sender, "sendable", ["sender_error", "sender_close"]);
      return sender;
    },
    openReceiver: async (address, durability) => {
      const receiver = connection.open_receiver({
        source: terminus(address, durability),
        credit_window: 0,
        autoaccept: false,
      });
      await opened(receiver, "receiver_open", ["receiver_error", "receiver_close"]);
      return receiver;
    },
    close: async () => {
      const closed = once(connection, "connection_close");
      connection.close();
      await closed;
    },
  };
};

/** RabbitMQ declares the queue at the first attachment, and makes it as durable as the link. */
const terminus = (address: string, durability: Durability) =>
  durability === "durable" ? { address, durable: 2, expiry_policy: "never" } : { address };

interface Emitter {
  once(event: string, listener: (context: { readonly error?: unknown }) => void): unknown;
}

const opened = (endpoint: Connection | Sender | Receiver, event: string, failures: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const emitter: Emitter = endpoint;
    emitter.once(event, () => resolve());
    for (const failure of failures) {
      emitter.once(failure, (context) => reject(failureOf(failure, endpoint, context.error)));
    }
  });

const failureOf = (event: string, endpoint: { readonly error?: unknown }, error: unknown): Error =>
  new Error(`The AMQP client reports ${event}: ${JSON.stringify(endpoint.error ?? String(error))}`);
