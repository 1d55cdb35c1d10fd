import { once } from "node:events";
import rhea, { type Connection, type EventContext, type Message, type Session } from "rhea";

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

type Ask = (operation: string, body?: unknown) => Promise<Message>;

/** Opens a pair of links for requests to `address`, such as `q/$management`; gives back how to ask. */
export async function openRequests(connection: Connection, address: string): Promise<Ask> {
  const session: Session = connection.create_session();
  session.begin();
  const replyTo = `replies-${crypto.randomUUID()}`;
  const receiver = session.open_receiver({ source: address, target: replyTo });
  const sender = session.open_sender(address);
  await Promise.all([once(receiver, "receiver_open"), once(sender, "sendable")]);
  return async (operation, body = {}) => {
    const messageId = crypto.randomUUID();
    const { promise, resolve } = Promise.withResolvers<Message>();
    const take = ({ message }: EventContext): void => {
      if (message?.correlation_id !== messageId) return;
      receiver.off("message", take);
      resolve(message);
    };
    receiver.on("message", take);
    sender.send({ message_id: messageId, reply_to: replyTo, application_properties: { operation }, body });
    return promise;
  };
}
