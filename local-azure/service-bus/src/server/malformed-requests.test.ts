import { ServiceBusAdministrationClient } from "@azure/service-bus";
import { sendMalformedRequests } from "@local-azure/http/testing";
import { expect, test } from "vitest";
import { startTrustedBus } from "../testing/trusted-bus.ts";

test.each([{ tls: false }, { tls: true }])(
  "no request ends the one port (with TLS: $tls), and a good one is answered after all of them",
  async ({ tls }) => {
    await using bus = await startTrustedBus({
      queues: [{ name: "q" }],
      topics: [{ name: "t", subscriptions: [{ subscriptionName: "s" }] }],
    });
    const aftermath = await sendMalformedRequests({
      port: bus.port,
      tls,
      paths: [
        "/q",
        "/%",
        "/t/Subscriptions/%",
        "/t/Subscriptions/s/Rules/x",
        "/$Resources/Queues?$skip=x",
        "/$servicebus/websocket",
      ],
      headers: { authorization: "SharedAccessSignature any" },
      readHeaders: ["sec-websocket-protocol", "sec-websocket-key"],
    });
    expect(aftermath).toMatchObject({ unanswered: [], failed: [], uncaught: [] });
    expect(aftermath.tried).toBeGreaterThan(150);
    const administration = new ServiceBusAdministrationClient(bus.connectionString);
    expect(await administration.topicExists("t")).toBe(true);
  },
  60_000,
);
