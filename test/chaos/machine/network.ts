import { run, works } from "./run.ts";

/*
 * All of this changes the network that this process is in: it is only for a network namespace of our own.
 */

/** How connections can be slowed down here. */
export type SlowMeans = "netem" | "tbf";

/** A fast link's delay and losses, or a slow one's rate: what the kernel has. */
const slowness: Readonly<Record<SlowMeans, readonly string[]>> = {
  netem: ["netem", "delay", "60ms", "40ms", "loss", "1%"],
  // The burst holds at least one packet of the loopback's 64 KB.
  tbf: ["tbf", "rate", "6mbit", "burst", "128kb", "latency", "800ms"],
};

/** Below all rules of the kernel's own, so that ours are asked first. */
const cutPreference = "10";
const localPreference = "100";

/** Moves the rule of local addresses down, so that a port can be cut by a rule before it. */
export async function makeRoomForCuts(): Promise<void> {
  await run("ip", "rule", "add", "pref", localPreference, "lookup", "local");
  await run("ip", "rule", "del", "pref", "0");
}

const cutRule = (port: number) => ["pref", cutPreference, "ipproto", "tcp", "dport", String(port), "unreachable"];

/** From now on nothing reaches a port: what is connected hangs, who connects is told that the network is unreachable. */
export const cut = (port: number): Promise<string> => run("ip", "rule", "add", ...cutRule(port));

export const mend = (port: number): Promise<string> => run("ip", "rule", "del", ...cutRule(port));

/** Ends every connection to or from a port, on both sides, as a middlebox that forgets them would. */
export const breakConnections = (port: number): Promise<string> =>
  run("ss", "-K", "-t", "-n", `( sport = :${port} or dport = :${port} )`);

/** Nothing reaches anything. */
export const takeDown = (): Promise<string> => run("ip", "link", "set", "lo", "down");
export const bringUp = (): Promise<string> => run("ip", "link", "set", "lo", "up");

export const slowDown = (means: SlowMeans): Promise<string> =>
  run("tc", "qdisc", "replace", "dev", "lo", "root", ...slowness[means]);
export const speedUp = (): Promise<string> => run("tc", "qdisc", "del", "dev", "lo", "root");

/** How the network can be slowed here, netem rather than tbf; undefined where the kernel has neither. */
export async function slowMeans(): Promise<SlowMeans | undefined> {
  for (const means of ["netem", "tbf"] as const) {
    if (!(await works("tc", "qdisc", "replace", "dev", "lo", "root", ...slowness[means]))) continue;
    await speedUp();
    return means;
  }
  return undefined;
}

/** Whether connections can be broken here; asked of a port that nobody has. */
export const canBreakConnections = (): Promise<boolean> =>
  works("ss", "-K", "-t", "-n", "( sport = :1 or dport = :1 )");

/** The ports that each process listens on. */
export async function listeningPorts(): Promise<ReadonlyMap<number, readonly number[]>> {
  const found = new Map<number, readonly number[]>();
  for (const line of (await run("ss", "-H", "-l", "-t", "-n", "-p")).split("\n")) {
    const port = Number(/^\S+\s+\d+\s+\d+\s+\S*:(\d+)\s/.exec(line)?.[1]);
    const owner = Number(/pid=(\d+)/.exec(line)?.[1]);
    if (port && owner) found.set(owner, [...(found.get(owner) ?? []), port]);
  }
  return found;
}
