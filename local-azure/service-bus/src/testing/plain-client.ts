import { once } from "node:events";
import rhea, { type Connection, type EventContext, type Message, type Receiver, type Sender, type Session } from "rhea";

/** Connects without any SDK: such a client says exactly what a test has it say. */
export async function connectPlainly(port: number): Promise<Connection> {
  const connection = rhea.create_container().connect({ host: "127.0.0.1", port, reconnect: false });
  connection.on("disconnected", () => {});
  await once(connection, "connection_open");
  return connection;
}

/** Closes what `connectPlainly` has opened; returns when the broker has answered. */
export async function closePlainly(connection: Connection): Promise<void> {
  if (!connection.is_open()) return;
  connection.close();
  await once(connection, "connection_close");
}

export function beginSession(connection: Connection): Session {
  const session = connection.create_session();
  session.begin();
  return session;
}

/** A pair of links for requests to a node such as `q/$management`. */
export interface RequestLinks {
  readonly session: Session;
  readonly sender: Sender;
  readonly receiver: Receiver;
  /** Sends a request and waits for its reply. */
  ask(operation: string, body?: unknown): Promise<Message>;
}

export async function openRequests(
  connection: Connection,
  address: string,
  session = beginSession(connection),
): Promise<RequestLinks> {
  const replyTo = `replies-${crypto.randomUUID()}`;
  const receiver = session.open_receiver({ source: address, target: replyTo });
  const sender = session.open_sender(address);
  await Promise.all([once(receiver, "receiver_open"), once(sender, "sendable")]);
  const waiting = new Map<unknown, (reply: Message) => void>();
  receiver.on("message", ({ message }: EventContext) => message && waiting.get(message.correlation_id)?.(message));
  return {
    session,
    sender,
    receiver,
    ask(operation, body = {}) {
      const message_id = crypto.randomUUID();
      const { promise, resolve } = Promise.withResolvers<Message>();
      waiting.set(message_id, resolve);
      sender.send({ message_id, reply_to: replyTo, application_properties: { operation }, body });
      return promise.finally(() => waiting.delete(message_id));
    },
  };
}
