import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createProcessTree, type Process } from "../machine/processes.ts";
import { keepRatchetUp, type RatchetUp } from "./ratchet-up.ts";
import { type Role, roleOf } from "./roles.ts";

/** The whole local stack on one folder, as it is seen from outside: its processes, its ports. */
export interface Stack {
  readonly folder: string;
  readonly up: RatchetUp;
  /** What runs now, in the order of what it is there for. */
  processes(): Promise<readonly { readonly process: Process; readonly role: Role }[]>;
  signal(process: Process, signal: NodeJS.Signals): Promise<boolean>;
  /** Which app answers at a port; undefined where none does. */
  appAt(port: number): string | undefined;
  /** Which server has a port, in words; undefined where it is not known. */
  serverAt(port: number): string | undefined;
  /** Says where an app answers. */
  knowApp(app: string, endpoint: string): void;
}

const inOrder = ({ role, process }: { readonly role: Role; readonly process: Process }): string =>
  `${role.kind} ${"name" in role ? role.name : ""} ${String(process.id).padStart(9, "0")}`;

export function startStack(folder: string, logFile: string): Stack {
  const tree = createProcessTree();
  const up = keepRatchetUp(folder, logFile);
  const apps = new Map<number, string>();
  let servers: ReadonlyMap<number, string> = new Map();
  const began = (processId: number): void => {
    tree.root(processId);
    // What ended before it was looked at may have left children: they are known by then.
    void readServers(folder).then((known) => {
      servers = known;
    });
  };
  began(up.lives[0]?.processId ?? 0);
  up.onStart.push(({ processId }) => began(processId));
  return {
    folder,
    up,
    async processes() {
      const all = (await tree.look()).map((process) => ({ process, role: roleOf(process, folder) }));
      return all.sort((a, b) => (inOrder(a) < inOrder(b) ? -1 : 1));
    },
    signal: tree.signal,
    appAt: (port) => apps.get(port),
    serverAt: (port) => (apps.has(port) ? apps.get(port) : servers.get(port)),
    knowApp(app, endpoint) {
      apps.set(Number(new URL(endpoint).port), app);
      void readServers(folder).then((known) => {
        servers = known;
      });
    },
  };
}

async function readServers(folder: string): Promise<ReadonlyMap<number, string>> {
  try {
    const ports = JSON.parse(await readFile(join(folder, "ports.json"), "utf8")) as Record<string, number>;
    return new Map(Object.entries(ports).map(([name, port]) => [port, name]));
  } catch {
    return new Map(); // Not written yet.
  }
}
