import { spawn } from "node:child_process";
import { once } from "node:events";
import { works } from "./run.ts";

/** Set for the process that runs inside. */
const inside = "RATCHET_CHAOS_INSIDE";

export const isInNamespaces = (): boolean => process.env[inside] === "1";

/** A network, mounts and process ids of its own: nothing done there is felt outside, and nothing is left when it ends. */
const own = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"] as const;

/** The ways to come by namespaces, the plainer first: as root, or as anybody where the kernel lets users have them. */
const ways = [own, ["--user", "--map-root-user", ...own]] as const;

/** How `unshare` has to be called here; undefined where the machine gives no namespaces. */
export async function wayIntoNamespaces(): Promise<readonly string[] | undefined> {
  if (process.platform !== "linux") return undefined;
  for (const way of ways) if (await works("unshare", ...way, "ip", "link", "set", "lo", "up")) return way;
  return undefined;
}

/**
 * What runs first inside: it wakes the loopback and waits for the program. Process 1 of a namespace inherits the orphans
 * and has to see to their ends, as a shell does.
 */
const firstProcess = 'ip link set lo up && "$@"; exit $?';

/** Runs this very program once more, inside namespaces; gives its exit code. */
export async function runInside(way: readonly string[]): Promise<number> {
  const child = spawn(
    "unshare",
    [...way, "sh", "-c", firstProcess, "sh", process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    { stdio: "inherit", env: { ...process.env, [inside]: "1" } },
  );
  // With `unshare` all inside ends.
  process.once("SIGTERM", () => child.kill("SIGKILL"));
  const [code] = await once(child, "close");
  return typeof code === "number" ? code : 1;
}
