import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

/**
 * The ports of the last start. Addresses stand in what is kept (a blob's in an event that waits, a topic's in the
 * configuration of a subscriber), so they should stay what they were.
 */
interface Ports {
  /** The port that a server had, if it is still free; else 0. */
  of(server: string): Promise<number>;
  save(ports: Readonly<Record<string, number>>): Promise<void>;
}

export async function openPorts(folder: string): Promise<Ports> {
  const file = join(folder, "ports.json");
  const known = await read(file);
  return {
    async of(server) {
      const port = known[server] ?? 0;
      return (await isFree(port)) ? port : 0;
    },
    save: (ports) => writeFile(file, `${JSON.stringify(ports, null, 2)}\n`),
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
