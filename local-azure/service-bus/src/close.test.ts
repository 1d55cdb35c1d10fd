import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

const program = `
  import { ServiceBusClient } from "@azure/service-bus";
  import { startServiceBus } from "./src/index.ts";
  const bus = await startServiceBus({ queues: [{ name: "q" }] });
  const client = new ServiceBusClient(bus.connectionString);
  await client.createSender("q").sendMessages({ body: "x" });
  await bus.close();
  void client.close();
`;

test("A program that closes the namespace under a connected client ends: no timer of the connection holds it", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: join(import.meta.dirname, ".."),
    stdio: ["ignore", "ignore", "inherit"],
  });
  // Left alone, the timer would hold it for two minutes.
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const [code, signal] = await once(child, "exit");
  clearTimeout(late);
  expect({ code, signal }).toEqual({ code: 0, signal: null });
});
