import type { Answer } from "../load/predictions.ts";
import type { Standstill } from "../machine/standstills.ts";
import type { Life } from "../stack/ratchet-up.ts";
import type { Excuse } from "./inject.ts";
import type { FaultKind } from "./kinds.ts";

/** A fault that came. Times are milliseconds since the epoch. */
export interface HappenedFault {
  readonly kind: FaultKind;
  readonly words: string;
  readonly excuses: Excuse;
  readonly at: number;
  /** When it was over; undefined as long as it is not. */
  until: number | undefined;
}

/** All that may keep an app from answering. */
export interface Trouble {
  readonly faults: readonly HappenedFault[];
  readonly lives: readonly Life[];
  readonly standstills: readonly Standstill[];
}

/** A time in which an app may leave its callers without an answer. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** So long after a fault an app may need to answer again: its process starts, others start beside it. */
const recoveryMs = 120_000;

/** So long a stack that ends by itself may be about to: it closes its servers one by one. */
const closingMs = 30_000;

/**
 * The times in which an app need not answer: from each fault that meets its own process, from each end of `ratchet up`, and
 * while the machine stands still, to its first answer after it is over.
 */
export function windowsOf(
  app: string,
  { faults, lives, standstills }: Trouble,
  answers: readonly Answer[],
  now: number,
): readonly Window[] {
  const begun = answers.map((answer) => answer.begun).sort((a, b) => a - b);
  const until = (over: number): number =>
    Math.min(begun.find((moment) => moment > over) ?? Number.POSITIVE_INFINITY, over + recoveryMs);
  const ofFaults = faults
    .filter(({ excuses }) => excuses === "all" || excuses.includes(app))
    .map((fault) => ({ from: fault.at, to: until(fault.until ?? now) }));
  const ofLives = lives.flatMap((life, index) => {
    if (life.endedAt === undefined) return [];
    const from = life.endsSince ?? life.endedAt - closingMs;
    const ready = lives.slice(index + 1).find(({ readyAt }) => readyAt !== undefined)?.readyAt;
    return [{ from, to: ready === undefined ? now : until(ready) }];
  });
  return [...ofFaults, ...ofLives, ...standstills.map(({ from, to }) => ({ from, to: until(to) }))];
}

export const isWithin = (
  { begun, ended }: { readonly begun: number; readonly ended: number },
  windows: readonly Window[],
): boolean => windows.some(({ from, to }) => ended >= from && begun <= to);
