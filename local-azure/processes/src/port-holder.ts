import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";
import { describeProcess, type ProcessDescription } from "./describe-process.ts";

const run = promisify(execFile);

/** The process that listens on a TCP port of this machine; undefined where none does, or where the system does not say. */
export async function portHolder(port: number): Promise<ProcessDescription | undefined> {
  const id = process.platform === "linux" ? await holderByProc(port) : await holderByLsof(port);
  return id === undefined ? undefined : describeProcess(id);
}

/** As `ss` and `lsof` do it, neither of which is on every Linux. */
async function holderByProc(port: number): Promise<number | undefined> {
  const sockets = new Set((await listeningInodes(port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    // Processes end while they are looked at, and those of other users show nothing.
    const descriptors = await readdir(`/proc/${id}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${id}/fd/${descriptor}`).catch(() => "");
      if (sockets.has(target)) return Number(id);
    }
  }
  return undefined;
}

/** The state of a socket that listens, and the columns of its line: https://docs.kernel.org/networking/proc_net_tcp.html */
const listenState = "0A";
const [addressColumn, stateColumn, inodeColumn] = [1, 3, 9];

async function listeningInodes(port: number): Promise<readonly string[]> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return tables.flatMap((table) =>
    table.split("\n").flatMap((line) => {
      const columns = line.trim().split(/\s+/);
      const listens = columns[stateColumn] === listenState && columns[addressColumn]?.endsWith(wanted);
      return listens ? [columns[inodeColumn] ?? ""] : [];
    }),
  );
}

async function holderByLsof(port: number): Promise<number | undefined> {
  const words = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fp"];
  const { stdout } = await run("lsof", words).catch(() => ({ stdout: "" }));
  const id = /^p(\d+)$/m.exec(stdout)?.[1];
  return id === undefined ? undefined : Number(id);
}
