import { once } from "node:events";
import { readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { portHolder } from "@local-azure/processes";
import type { ServerReport } from "./supervision/server-report.ts";

/**
 * The ports of the last start. Addresses stand in what is kept (a blob's in an event that waits, a topic's in the
 * configuration of a subscriber), so they should stay what they were.
 */
interface Ports {
  /** The port that a server had, if it is still free; else 0, and a report of who has it. */
  of(server: string): Promise<number>;
  save(ports: Readonly<Record<string, number>>): Promise<void>;
}

export async function openPorts(folder: string, report: (report: ServerReport) => void): Promise<Ports> {
  const file = join(folder, "ports.json");
  const known = await read(file);
  return {
    async of(server) {
      const port = known[server] ?? 0;
      if (await isFree(port)) return port;
      const holder = await portHolder(port);
      report({ kind: "moved", server, port, ...(holder ? { holder } : {}) });
      return 0;
    },
    async save(ports) {
      await writeFile(`${file}.new`, `${JSON.stringify(ports, null, 2)}\n`, { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
  };
}

/** Nothing is known where there is no file, or one torn by a crash: then every server gets a new port. */
async function read(file: string): Promise<Readonly<Record<string, number>>> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Record<string, number>;
  } catch {
    return {};
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
