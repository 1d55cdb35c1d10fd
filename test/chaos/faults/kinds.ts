/** A family of faults, as `--faults` names it. */
export const families = ["kill", "pause", "restart", "disk", "network", "clock"] as const;
type Family = (typeof families)[number];

/** What kinds of faults there are. */
interface KindOfFault {
  readonly family: Family;
  /** How often it comes, compared with the others. */
  readonly weight: number;
  /** Whether the stack is gone for a while: such faults leave each other time. */
  readonly heavy: boolean;
  /** Seconds that it lasts at most; undefined where it is over at once. */
  readonly lasts?: number;
}

const light = (family: Family, weight: number, lasts?: number): KindOfFault => ({
  family,
  weight,
  heavy: false,
  ...(lasts === undefined ? {} : { lasts }),
});
const heavy = (family: Family, weight: number, lasts?: number): KindOfFault => ({
  ...light(family, weight, lasts),
  heavy: true,
});

export const faultKinds = {
  "kill a service": light("kill", 12),
  "kill a process of an app": light("kill", 8),
  "kill a job": light("kill", 5),
  "kill storage": light("kill", 4),
  "kill ratchet up": heavy("kill", 3),
  "kill everything": heavy("kill", 3),
  "restart everything": heavy("restart", 3),
  "pause a service": light("pause", 8, 60),
  "pause a process of an app": light("pause", 5, 30),
  "pause storage": light("pause", 4, 30),
  "pause ratchet up": light("pause", 3, 20),
  // The broker stops rather than promise what it cannot keep, and all the others with it.
  "fill the disk": heavy("disk", 3, 15),
  "cut a port": light("network", 8, 20),
  "break the connections of a port": light("network", 8),
  "take the network down": light("network", 3, 5),
  "slow the network": light("network", 4, 20),
  "put a clock wrong": light("clock", 6, 60),
  "put all clocks wrong": light("clock", 2, 30),
} as const satisfies Record<string, KindOfFault>;

export type FaultKind = keyof typeof faultKinds;

export const kindOf = (kind: FaultKind): KindOfFault => faultKinds[kind];
