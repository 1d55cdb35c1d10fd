import { ServiceBusClient } from "@azure/service-bus";
import type { Pace } from "./measurement.ts";

/** The unmodified Azure client on one queue. */
export interface SdkConnection {
  send(count: number, inFlight: number): Promise<Pace>;
  sendArrays(count: number, size: number): Promise<Pace>;
  receive(count: number, atOnce: number): Promise<Pace>;
  subscribe(count: number, atOnce: number): Promise<Pace>;
  hop(count: number): Promise<Pace>;
  close(): Promise<void>;
}

const BODY = Buffer.alloc(200, "x");

export const connectSdk = (connectionString: string, queue: string): SdkConnection => {
  const client = new ServiceBusClient(connectionString);
  const sender = client.createSender(queue);
  const receiver = client.createReceiver(queue);

  const receiveAndComplete = async (atOnce: number): Promise<number> => {
    const messages = await receiver.receiveMessages(atOnce, { maxWaitTimeInMs: 5000 });
    if (messages.length === 0) throw new Error("The queue is empty before its time.");
    await Promise.all(messages.map((message) => receiver.completeMessage(message)));
    return messages.length;
  };

  return {
    send: (count, inFlight) =>
      timed(count, async (latencies) => {
        let next = 0;
        const lane = async () => {
          while (next < count) {
            next += 1;
            const took = await milliseconds(() => sender.sendMessages({ body: BODY }));
            if (inFlight === 1) latencies.push(took);
          }
        };
        await Promise.all(Array.from({ length: inFlight }, lane));
      }),

    sendArrays: (count, size) =>
      timed(count, async () => {
        const messages = Array.from({ length: size }, () => ({ body: BODY }));
        for (let sent = 0; sent < count; sent += size) await sender.sendMessages(messages);
      }),

    receive: (count, atOnce) =>
      timed(count, async (latencies) => {
        let received = 0;
        while (received < count) {
          const most = Math.min(atOnce, count - received);
          const took = await milliseconds(async () => {
            received += await receiveAndComplete(most);
          });
          if (atOnce === 1) latencies.push(took);
        }
      }),

    subscribe: (count, atOnce) =>
      timed(count, async () => {
        const subscriber = client.createReceiver(queue);
        await new Promise<void>((resolve, reject) => {
          let received = 0;
          subscriber.subscribe(
            {
              processMessage: async (message) => {
                await subscriber.completeMessage(message);
                received += 1;
                if (received === count) resolve();
              },
              processError: async ({ error }) => reject(error),
            },
            { maxConcurrentCalls: atOnce, autoCompleteMessages: false },
          );
        });
        await subscriber.close();
      }),

    hop: (count) =>
      timed(count, async (latencies) => {
        for (let index = 0; index < count; index += 1) {
          const arrival = receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 });
          const began = performance.now();
          await sender.sendMessages({ body: BODY });
          const [message] = await arrival;
          if (message === undefined) throw new Error("The message did not arrive.");
          latencies.push(performance.now() - began);
          await receiver.completeMessage(message);
        }
      }),

    close: () => client.close(),
  };
};

const timed = async (count: number, work: (latencies: number[]) => Promise<void>): Promise<Pace> => {
  const latencies: number[] = [];
  const took = await milliseconds(() => work(latencies));
  return { count, seconds: took / 1000, latencies };
};

const milliseconds = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};
