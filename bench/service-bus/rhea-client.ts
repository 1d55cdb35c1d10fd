import { once } from "node:events";
import rhea, { type Receiver, type Sender } from "rhea";
import type { AmqpConnection } from "./amqp-connection.ts";
import type { Durability } from "./broker.ts";
import type { Pace } from "./measurement.ts";

const BODY = rhea.message.data_section(Buffer.alloc(200, "x"));

/** Sends `count` messages, never more than `inFlight` of them unsettled, until the last is acknowledged. */
export const send = async (
  connection: AmqpConnection,
  address: string,
  durability: Durability,
  count: number,
  inFlight: number,
): Promise<Pace> => {
  const sender = await connection.openSender(address, durability);
  const sentAt = new Map<unknown, number>();
  const latencies: number[] = [];
  let sent = 0;
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    const sendMore = () => {
      while (sent < count && sent - latencies.length < inFlight && sender.sendable()) {
        const delivery = sender.send({ message_id: `m-${sent}`, durable: durability === "durable", body: BODY });
        sentAt.set(delivery.id, performance.now());
        sent += 1;
      }
    };
    sender.on("accepted", ({ delivery }) => {
      latencies.push(performance.now() - (sentAt.get(delivery?.id) ?? Number.NaN));
      sentAt.delete(delivery?.id);
      if (latencies.length === count) resolve();
      else sendMore();
    });
    sender.on("sendable", sendMore);
    for (const outcome of ["rejected", "released", "modified", "sender_error"]) {
      sender.on(outcome, () => reject(new Error(`The broker answered a message with ${outcome}.`)));
    }
    sendMore();
  });
  const seconds = (performance.now() - began) / 1000;
  await closed(sender, "sender_close");
  return { count, seconds, latencies: inFlight === 1 ? latencies : [] };
};

/**
 * Receives and accepts `count` messages that wait already, with credit for `window` of them. The time ends when the
 * broker has answered the detach, and so has read every disposition before it.
 */
export const receive = async (
  connection: AmqpConnection,
  address: string,
  durability: Durability,
  count: number,
  window: number,
): Promise<Pace> => {
  const receiver = await connection.openReceiver(address, durability);
  const latencies: number[] = [];
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    let asked = began;
    let granted = Math.min(window, count);
    receiver.on("message", ({ delivery }) => {
      delivery?.accept();
      const now = performance.now();
      latencies.push(now - asked);
      asked = now;
      if (latencies.length === count) resolve();
      else if (granted < count) {
        granted += 1;
        receiver.add_credit(1);
      }
    });
    receiver.on("receiver_error", () => reject(new Error("The broker closed the receiver.")));
    receiver.add_credit(granted);
  });
  await closed(receiver, "receiver_close");
  return { count, seconds: (performance.now() - began) / 1000, latencies: window === 1 ? latencies : [] };
};

/** Sends one message after the other to a receiver that waits for it; the latency is from the one to the other. */
export const hop = async (
  connection: AmqpConnection,
  address: string,
  durability: Durability,
  count: number,
): Promise<Pace> => {
  const receiver = await connection.openReceiver(address, durability);
  const sender = await connection.openSender(address, durability);
  const latencies: number[] = [];
  const began = performance.now();
  receiver.add_credit(count);
  for (let index = 0; index < count; index += 1) {
    const arrival = once(receiver, "message");
    const settled = once(sender, "accepted");
    const sent = performance.now();
    sender.send({ message_id: `h-${index}`, durable: durability === "durable", body: BODY });
    const [{ delivery }] = await arrival;
    latencies.push(performance.now() - sent);
    delivery.accept();
    await settled;
  }
  const seconds = (performance.now() - began) / 1000;
  await closed(receiver, "receiver_close");
  await closed(sender, "sender_close");
  return { count, seconds, latencies };
};

const closed = async (link: Sender | Receiver, event: string): Promise<void> => {
  const answered = once(link, event);
  link.close();
  await answered;
};
