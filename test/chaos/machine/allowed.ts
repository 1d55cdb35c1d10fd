import { join } from "node:path";
import { bendClocks, type Clocks } from "./clock.ts";
import { mountSmallDisk, type SmallDisk } from "./disk.ts";
import { isInNamespaces } from "./namespaces.ts";
import { canBreakConnections, makeRoomForCuts, type SlowMeans, slowMeans } from "./network.ts";

/** What this machine lets us do to a stack without being felt elsewhere. */
export interface Allowed {
  /** A network of our own, that can be taken down; and what else can be done to it. */
  readonly network:
    | { readonly cuts: boolean; readonly breaks: boolean; readonly slow: SlowMeans | undefined }
    | undefined;
  readonly disk: SmallDisk | undefined;
  readonly clocks: Clocks | undefined;
  /** What is left out, and why: a sentence for each. */
  readonly leftOut: readonly string[];
}

const nothing = { network: undefined, disk: undefined, clocks: undefined };

/** Finds out what can be done here by doing it. @param folder where a disk and the clocks' library may be put. */
export async function whatIsAllowed(folder: string): Promise<Allowed> {
  if (!isInNamespaces())
    return {
      ...nothing,
      leftOut: [
        "full disk, cut, slow and broken connections, wrong clocks: this machine gives no namespaces of our own (unshare, ip)",
      ],
    };
  const cuts = await makeRoomForCuts().then(
    () => true,
    () => false,
  );
  const network = { cuts, breaks: await canBreakConnections(), slow: await slowMeans() };
  const disk = await mountSmallDisk(join(folder, "disk"));
  const clocks = await bendClocks(join(folder, "clock"));
  const leftOut = [
    network.cuts ? "" : "cut ports: `ip rule` cannot send a port to nowhere",
    network.breaks ? "" : "broken connections: `ss -K` cannot end them",
    network.slow ? "" : "slow connections: the kernel has neither netem nor tbf",
    disk ? "" : "a full disk: no tmpfs can be mounted",
    clocks
      ? ""
      : "wrong clocks: there is no C compiler for the library that bends them, or the loader does not take it",
  ].filter(Boolean);
  return { network, disk, clocks, leftOut };
}
