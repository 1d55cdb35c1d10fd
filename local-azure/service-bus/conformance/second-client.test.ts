import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ServiceBusClient } from "@azure/service-bus";
import { describe, expect, test } from "vitest";
import { startServiceBus } from "../src/index.ts";

const run = promisify(execFile);
const python = "/usr/bin/python3";

const hasProton = await run(python, ["-c", "import proton"]).then(
  () => true,
  () => false,
);
if (!hasProton) {
  console.log("SKIPPED: a second client against the embedded broker: Debian's python3-qpid-proton is not installed.");
}

interface Told {
  readonly what: string;
  readonly [fact: string]: unknown;
}

async function runProton(port: number, queue: string): Promise<readonly Told[]> {
  const script = join(import.meta.dirname, "proton_client.py");
  const { stdout } = await run(python, [script, `amqp://127.0.0.1:${port}`, queue], { timeout: 25_000 });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Told);
}

describe.skipIf(!hasProton)("Apache Qpid Proton", () => {
  test("sends, receives and settles", async () => {
    await using bus = await startServiceBus({ queues: [{ name: "q" }] });
    const told = await runProton(bus.port, "q");
    const properties = { n: 1, yes: true };
    expect(told).toMatchObject([
      { what: "sent", body: "accepted", settled: true },
      { what: "sent", body: "released", settled: true },
      { what: "sent", body: "rejected", settled: true },
      { what: "received", body: "accepted", subject: "from proton", properties, deliveryCount: 0, sequenceNumber: 1 },
      { what: "received", body: "released", sequenceNumber: 2 },
      { what: "received", body: "rejected", sequenceNumber: 3 },
      { what: "received", body: "released", deliveryCount: 1, sequenceNumber: 2 },
      { what: "dead letter", body: "rejected", sequenceNumber: 3 },
      { what: "closed" },
    ]);
  });

  test("finds what the SDK has sent, and the SDK what it has", async () => {
    await using bus = await startServiceBus({ queues: [{ name: "q" }] });
    const client = new ServiceBusClient(bus.connectionString);
    await client.createSender("q").sendMessages({
      body: "from the SDK",
      subject: "greeting",
      applicationProperties: { whole: 7, broken: 1.5 },
    });
    const [, , , received] = await runProton(bus.port, "q");
    expect(received).toMatchObject({ subject: "greeting", properties: { whole: 7, broken: 1.5 } });
    const [left] = await client.createReceiver("q").receiveMessages(1, { maxWaitTimeInMs: 5000 });
    expect(left).toMatchObject({
      body: "rejected",
      subject: "from proton",
      applicationProperties: { n: 1, yes: true },
    });
    await client.close();
  });
});
