import { readFile } from "node:fs/promises";
import { readConfigFile } from "./config-file/read-config-file.ts";
import { startServiceBus } from "./service-bus.ts";
import type { Synchronous } from "./store/open-database.ts";
import type { Topology } from "./topology.ts";

/** What the command line can say. */
export interface ServeOptions {
  readonly port?: number;
  /** Folder that keeps the data; in memory where absent. */
  readonly data?: string;
  readonly synchronous?: Synchronous;
  /** A `Config.json` of Microsoft's emulator. */
  readonly config?: string;
  /** PEM files of a certificate and its key, for TLS and HTTPS. */
  readonly certificate?: string;
  readonly key?: string;
  /** Where the line with the connection string goes; standard output where absent. */
  readonly print?: (line: string) => void;
}

/**
 * Serves a namespace as a process of its own: prints the connection string, on one line that begins with `Endpoint=`,
 * as soon as clients can connect, and ends the promise when SIGTERM or SIGINT has come and all is closed.
 * @throws {Error} when `startServiceBus` or `readConfigFile` do, or one of certificate and key is missing.
 */
export async function serveServiceBus(options: ServeOptions = {}): Promise<void> {
  const topology: Topology = options.config === undefined ? {} : await readConfigFile(options.config);
  const tls = await readTls(options);
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const bus = await startServiceBus({
    ...topology,
    ...(options.port !== undefined && { port: options.port }),
    ...(options.data !== undefined && { data: options.data }),
    ...(options.synchronous !== undefined && { synchronous: options.synchronous }),
    ...(tls && { tls }),
    onFailure: fail,
  });
  const print = options.print ?? console.log;
  print(bus.connectionString);
  await Promise.race([stopSignal(), failed]).finally(() => bus.close());
}

async function readTls({ certificate, key }: ServeOptions) {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    throw new Error("A certificate and its key go together: name both files, or neither.");
  }
  return { cert: await readFile(certificate, "utf8"), key: await readFile(key, "utf8") };
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
      resolve();
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  });
}
