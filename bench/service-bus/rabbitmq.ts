import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../lib/free-port.ts";
import { end } from "../lib/process.ts";
import { until } from "../lib/until.ts";
import { connect } from "./amqp-connection.ts";
import type { Broker, QueueName } from "./broker.ts";

/** Debian's package; its wrapper in /usr/sbin would insist on the system's own user and folders. */
const SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/** Why RabbitMQ cannot be measured here; undefined where it can. */
export const missingRabbitMq = (): string | undefined =>
  existsSync(SERVER)
    ? undefined
    : `RabbitMQ is not installed (no ${SERVER}): only our own figures are measured. On Debian: apt-get install rabbitmq-server`;

/**
 * Starts a RabbitMQ with the AMQP 1.0 plugin that shares nothing with any other on this machine: own node name, ports,
 * data, plug-ins, and own name server of Erlang nodes. Queues are declared by attaching to them.
 */
export const startRabbitMq = async (): Promise<Broker> => {
  const folder = await mkdtemp(join(tmpdir(), "bench-rabbitmq-"));
  const [port, names, distribution] = await freePorts(3);
  if (port === undefined || names === undefined || distribution === undefined)
    throw new Error("Three ports were asked for.");
  await writeFile(join(folder, "enabled_plugins"), "[rabbitmq_amqp1_0].\n");
  await writeFile(
    join(folder, "rabbitmq.conf"),
    `listeners.tcp.1 = 127.0.0.1:${port}\nlog.console = true\nlog.console.level = error\n`,
  );
  const environment = environmentFor(folder, names, distribution);
  const nameServer = spawn("epmd", ["-port", String(names), "-address", "127.0.0.1"], {
    env: environment,
    stdio: "ignore",
  });
  const began = performance.now();
  const server = spawn(SERVER, [], { env: environment, cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  const stop = () => stopAll([server, nameServer], folder);
  try {
    const version = await Promise.race([until(60, () => versionAt(port)), failsOnExit(server)]);
    const startUp = performance.now() - began;
    const pid = Number(await readFile(join(folder, "pid"), "utf8"));
    const address = (queue: QueueName) => `/queue/${queue}`;
    return { name: "rabbitmq", version, host: "127.0.0.1", port, pid, startUp, address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const environmentFor = (folder: string, names: number, distribution: number): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: folder,
  ERL_EPMD_PORT: String(names),
  ERL_EPMD_ADDRESS: "127.0.0.1",
  RABBITMQ_NODENAME: `bench-${distribution}@localhost`,
  RABBITMQ_DIST_PORT: String(distribution),
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
  RABBITMQ_MNESIA_BASE: join(folder, "data"),
  RABBITMQ_LOG_BASE: join(folder, "log"),
  RABBITMQ_LOGS: "-",
  RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
  RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
  RABBITMQ_GENERATED_CONFIG_DIR: join(folder, "generated"),
  RABBITMQ_PID_FILE: join(folder, "pid"),
});

const versionAt = async (port: number): Promise<string> => {
  const connection = await connect("127.0.0.1", port);
  await connection.close();
  return connection.version;
};

const failsOnExit = async (server: ChildProcess): Promise<never> => {
  const [code] = await once(server, "exit");
  throw new Error(`RabbitMQ ended with code ${code} before it took a connection.`);
};

const stopAll = async (children: readonly ChildProcess[], folder: string): Promise<void> => {
  for (const child of children) await end(child);
  await rm(folder, { recursive: true, force: true });
};
