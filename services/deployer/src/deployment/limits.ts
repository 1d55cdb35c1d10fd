/** How long things may take, in milliseconds, and how often they are tried. */
export interface Limits {
  /** Until the second look. From look to look it grows by three tenths: most things are seen soon after they have happened. */
  readonly firstLook: number;
  readonly longestLook: number;
  /** Between two looks at what an operator has to mend. */
  readonly stuckLook: number;
  /** A step does not go on for so long: an operator is told. */
  readonly stuck: number;
  /** From the beginning of a publication to its end. */
  readonly published: number;
  /** The deployment service shows a publication as its last so soon after it has taken it; after that, another is the last. */
  readonly shown: number;
  /** From published until another release than the published one is no longer believed to be about to go: staging is restarted. */
  readonly stale: number;
  /** From published, or from a restart, to ready. */
  readonly ready: number;
  /** How long an app may say that it has failed before it is believed: the one before may still be answering. */
  readonly failed: number;
  /** From swapped to answering. */
  readonly verify: number;
  /** What was begun, and nobody wrote down whether it was accepted, may be under way for so long. */
  readonly unsure: number;
  /** A swap that was accepted is begun again after so long. */
  readonly swapped: number;
  /** How often a swap is begun. */
  readonly swaps: number;
  /** How often a deployment begins from the front because somebody else changed the slots. */
  readonly rounds: number;
  /** Looks at a staging slot that says nothing, before it is published over. */
  readonly silentLooks: number;
  /** A champion that could not be put back into production is tried again after so long. */
  readonly restoreAgain: number;
  /** A champion that did not get current code is asked for with it again after so long. */
  readonly askAgain: number;
}

const second = 1000;
const minute = 60 * second;

export const defaultLimits: Limits = {
  firstLook: second / 4,
  longestLook: 15 * second,
  stuckLook: minute,
  stuck: 2 * minute,
  published: 15 * minute,
  shown: minute,
  stale: 30 * second,
  ready: 5 * minute,
  failed: 10 * second,
  verify: minute,
  unsure: 30 * second,
  swapped: 5 * minute,
  swaps: 3,
  rounds: 3,
  silentLooks: 3,
  restoreAgain: 15 * minute,
  askAgain: 15 * minute,
};

/** How many commands may wait for a deployment to end. */
export const mostWaiting = 16;

/** The time of the next look, after so many in the same state. */
export function nextLook(now: Date, looks: number, stuck: boolean, limits: Limits): Date {
  const { firstLook, longestLook, stuckLook } = limits;
  const wait = stuck ? stuckLook : Math.min(longestLook, firstLook * 1.3 ** looks);
  return new Date(now.getTime() + wait);
}
