import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { end } from "../lib/process.ts";
import { connect } from "./amqp-connection.ts";
import type { Broker, Durability } from "./broker.ts";

const PROGRAM = join(import.meta.dirname, "local-azure-process.ts");

export interface LocalAzureBroker extends Broker {
  readonly connectionString: string;
}

/** Starts our broker in a process of its own, with a fresh folder where it is durable. `nodeOptions` may profile it. */
export const startLocalAzure = async (
  durability: Durability,
  nodeOptions: readonly string[] = [],
): Promise<LocalAzureBroker> => {
  const folder = await mkdtemp(join(tmpdir(), "bench-local-azure-"));
  const began = performance.now();
  const arguments_ = [...nodeOptions, PROGRAM, ...(durability === "durable" ? [folder] : [])];
  const child = spawn(process.execPath, arguments_, { stdio: ["ignore", "pipe", "inherit"] });
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const connectionString = await Promise.race([
      once(createInterface(child.stdout), "line"),
      once(child, "exit"),
    ]).then(([line]) => String(line));
    const port = Number(/Endpoint=sb:\/\/[^:;]+:(\d+)/u.exec(connectionString)?.[1]);
    if (!child.pid || !Number.isInteger(port)) throw new Error(`Our broker did not start: ${connectionString}`);
    await (await connect("127.0.0.1", port)).close();
    const startUp = performance.now() - began;
    const place = { host: "127.0.0.1", port, pid: child.pid, startUp, connectionString };
    return { name: "local-azure", version: `Node ${process.version}`, ...place, address: (queue) => queue, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
