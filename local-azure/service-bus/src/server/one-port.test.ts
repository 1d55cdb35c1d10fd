import { connect as connectTls } from "node:tls";
import { ServiceBusAdministrationClient, ServiceBusClient } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type ServiceBus, startServiceBus } from "../service-bus.ts";
import { startTrustedBus } from "../testing/trusted-bus.ts";

let bus: ServiceBus;
beforeEach(async () => {
  bus = await startTrustedBus({ queues: [{ name: "q" }] });
});
afterEach(() => bus.close());

const credential = { getToken: async () => ({ token: "a.b.c", expiresOnTimestamp: Date.now() + 3_600_000 }) };

async function passOne(client: ServiceBusClient, body: string): Promise<void> {
  await client.createSender("q").sendMessages({ body });
  const receiver = client.createReceiver("q");
  const [message] = await receiver.receiveMessages(1);
  expect(message?.body).toBe(body);
  if (message) await receiver.completeMessage(message);
  await client.close();
}

describe("One port", () => {
  test("serves AMQP over TCP", () => passOne(new ServiceBusClient(bus.connectionString), "tcp"));

  test("serves AMQP over TLS to a client with a token credential", () =>
    passOne(new ServiceBusClient(bus.fullyQualifiedNamespace, credential), "tls"));

  test("serves AMQP over WebSockets over TLS", () => {
    const webSocketOptions = { webSocket: WebSocket };
    return passOne(new ServiceBusClient(bus.fullyQualifiedNamespace, credential, { webSocketOptions }), "websocket");
  });

  test("serves a message over WebSockets that is larger than a frame", async () => {
    const webSocketOptions = { webSocket: WebSocket };
    await passOne(
      new ServiceBusClient(bus.fullyQualifiedNamespace, credential, { webSocketOptions }),
      "x".repeat(200_000),
    );
  });

  test("serves the administration plane over HTTPS by the same connection string", async () => {
    const administration = new ServiceBusAdministrationClient(bus.connectionString);
    await administration.createQueue("made");
    expect(await administration.queueExists("made")).toBe(true);
    expect((await administration.getQueueRuntimeProperties("q")).activeMessageCount).toBe(0);
  });

  test("serves the administration plane over HTTP, for what needs no certificate", async () => {
    const response = await fetch(`http://127.0.0.1:${bus.port}/q?api-version=2021-05`, {
      headers: { authorization: "SharedAccessSignature any" },
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("<QueueDescription");
  });

  test("opens no WebSocket to a foreign page", async () => {
    const url = `wss://${bus.fullyQualifiedNamespace}/$servicebus/websocket`;
    const status = await new Promise((resolve) => {
      const socket = new WebSocket(url, "AMQPWSB10", { origin: "https://evil.example" });
      socket.on("error", () => undefined);
      socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode));
      socket.on("open", () => resolve("open"));
    });
    expect(status).toBe(403);
  });

  test("hangs up on TLS where it has no certificate", async () => {
    await using plain = await startServiceBus({ queues: [{ name: "q" }] });
    let isClosed = false;
    const socket = connectTls({ port: plain.port, host: "127.0.0.1", rejectUnauthorized: false });
    socket.on("error", () => {});
    socket.on("close", () => {
      isClosed = true;
    });
    await vi.waitUntil(() => isClosed, { timeout: 10_000 });
  });

  test("answers each of many single sends at once: no stalls of 40 ms", async () => {
    const client = new ServiceBusClient(bus.connectionString);
    const sender = client.createSender("q");
    const receiver = client.createReceiver("q");
    await sender.sendMessages({ body: "opens the link" });
    const times: number[] = [];
    for (let index = 0; index < 100; index++) {
      const start = performance.now();
      await sender.sendMessages({ body: index });
      const [message] = await receiver.receiveMessages(1);
      if (message) await receiver.completeMessage(message);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    expect(times[50]).toBeLessThan(20);
    await client.close();
  });
});
