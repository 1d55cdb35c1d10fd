import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import { createCertificateAuthority, startManagedIdentity } from "@local-azure/identity";
import { startServiceBus } from "@local-azure/service-bus";
import { expect, test, vi } from "vitest";
import { type LogRecord, startFunctionApp } from "../index.ts";
import { runsIn, useMessageApps, waitingIn, workQueue } from "../testing/message-app.ts";
import { recordingHead } from "../testing/recorded-runs.ts";
import { temporaryApp } from "../testing/temporary-app.ts";

const start = useMessageApps();

test("a queue that is missing is told of in the log, and the app runs on", async () => {
  const { logs, app } = await start({ queues: [] }, workQueue);
  await vi.waitUntil(
    () => logs.some((log) => /Receiving from work failed and is tried again: .*could not be found/.test(log.message)),
    { timeout: 15_000, interval: 10 },
  );
  expect(app.state).toBe("running");
});

test("a function that is disabled receives nothing", async () => {
  const both = `${workQueue} app.serviceBusQueue("other", { queueName: "other", connection: "Bus", handler: recorded() });`;
  const entities = { queues: [{ name: "work" }, { name: "other" }] };
  const { bus, client, runs } = await start(entities, both, {}, { "AzureWebJobs.work.Disabled": "1" });
  await client.createSender("work").sendMessages({ body: "stays" });
  await client.createSender("other").sendMessages({ body: "goes" });
  await vi.waitFor(() => expect(runs()).toHaveLength(1), { timeout: 15_000, interval: 10 });
  expect(runs()[0]?.body).toBe("goes");
  expect(await waitingIn(bus, "work")).toHaveLength(1);
});

test("a trigger connects by managed identity to a namespace behind the local certificate authority", async () => {
  const folder = await mkdtemp(join(tmpdir(), "functions-host-ca-"));
  const authority = await createCertificateAuthority(folder);
  await using identity = await startManagedIdentity();
  await using bus = await startServiceBus({ queues: [{ name: "work" }], tls: authority.server });
  await using files = await temporaryApp(recordingHead + workQueue.replace(`"Bus"`, `"ServiceBus"`));
  const logs: LogRecord[] = [];
  const settings = { ServiceBus__fullyQualifiedNamespace: bus.fullyQualifiedNamespace, ...identity.environment };
  await using _ = await startFunctionApp({
    name: "messages",
    directory: files.directory,
    settings,
    ca: authority.caCertificate,
    onLog: (record) => logs.push(record),
  });
  const client = new ServiceBusClient(bus.connectionString);
  await client.createSender("work").sendMessages({ body: "by identity" });
  await vi.waitFor(() => expect(runsIn(logs)).toHaveLength(1), { timeout: 15_000, interval: 10 });
  await client.close();
  await rm(folder, { recursive: true });
});
