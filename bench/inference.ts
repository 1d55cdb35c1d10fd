/** Requests a second through the inference app, against a bare node:http echo in the same run. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startFunctionApp } from "@local-azure/functions-host";
import { load } from "./inference/load.ts";
import { makePackage, request } from "./inference/package.ts";
import { median } from "./lib/statistics.ts";
import { table } from "./lib/table.ts";

interface Server {
  readonly name: string;
  readonly port: number;
  close(): void | Promise<void>;
}

const quick = process.argv.includes("--quick");
const clients = 16;
const roundMilliseconds = quick ? 300 : 2_000;
const rounds = quick ? 2 : 6;

async function bare(name: string, ...parameters: readonly string[]): Promise<Server> {
  const child = fork(fileURLToPath(new URL("./inference/server.ts", import.meta.url)), parameters);
  const [port] = (await once(child, "message")) as [number];
  return { name, port, close: () => child.disconnect() };
}

async function inFunctionsHost(name: string, directory: string): Promise<Server> {
  const app = await startFunctionApp({
    name: "inference",
    directory,
    settings: name.includes("lean") ? { RATCHET_INFERENCE_HTTP: "lean" } : {},
  });
  return { name, port: app.port, close: () => app.close() };
}

/** Requests a second in one round. */
async function measure({ port }: Server): Promise<number> {
  const { latencies, failed, seconds } = await load({
    port,
    path: "/v2/models/digits/infer",
    headers: { "Content-Type": "application/json" },
    body: Buffer.from(request),
    clients,
    milliseconds: roundMilliseconds,
  });
  if (failed > 0) throw new Error(`${failed} of ${latencies.length} requests were not answered with 200`);
  return latencies.length / seconds;
}

const folder = await makePackage();
const servers = [
  await bare("node:http, nothing but an echo", "echo"),
  await bare("node:http, Ratchet's inference", "handlers", folder),
  await inFunctionsHost("Azure Functions library, Ratchet's inference", folder),
  await inFunctionsHost("Azure Functions, lean", folder),
];
const rates = servers.map((): number[] => []);
// Rounds take turns; the first warms up and does not count.
for (let round = 0; round < rounds; round += 1)
  for (const [index, server] of servers.entries()) {
    const rate = await measure(server);
    if (round > 0) rates[index]?.push(rate);
  }
const medians = rates.map((list) => median(list));
console.log(
  table(
    ["server, one process, JSON, one row", "requests/s", "ratio to the echo"],
    servers.map(({ name }, index) => [
      name,
      Math.round(medians[index] ?? 0).toLocaleString("en"),
      ((medians[index] ?? 0) / (medians[0] ?? 1)).toFixed(2),
    ]),
  ),
);
await Promise.all(servers.map((server) => server.close()));
await rm(folder, { recursive: true });
