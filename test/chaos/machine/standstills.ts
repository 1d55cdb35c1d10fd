/** A time in which this process itself stood still, and with it, we must think, all others: milliseconds since the epoch. */
export interface Standstill {
  readonly from: number;
  readonly to: number;
}

/** Keeps note of when the machine stood still: a laptop that slept, a container that was frozen. */
export interface StandstillWatch {
  readonly standstills: readonly Standstill[];
  /** Milliseconds since a moment in which the machine did not stand still. */
  awakeSince(moment: number): number;
  stop(): void;
}

const everyMs = 250;
/** A late timer is no standstill. */
const longMs = 3_000;

export function watchStandstills(): StandstillWatch {
  const standstills: Standstill[] = [];
  let last = Date.now();
  const look = (): void => {
    const now = Date.now();
    if (now - last > longMs) standstills.push({ from: last, to: now });
    last = now;
  };
  const timer = setInterval(look, everyMs);
  return {
    standstills,
    awakeSince(moment) {
      look();
      return standstills.reduce(
        (awake, { from, to }) => awake - Math.max(0, to - Math.max(from, moment)),
        Date.now() - moment,
      );
    },
    stop: () => clearInterval(timer),
  };
}
