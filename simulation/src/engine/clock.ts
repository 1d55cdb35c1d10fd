import TinyQueue from "tinyqueue";

/** Something that is due at an instant. */
interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Time that passes when everything due at an instant is done. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether nothing is due any more. */
  readonly isEmpty: boolean;
  /** Does something at an instant; what is due at the same one is done in the order in which it was asked for. */
  at(instant: number, run: () => void): { cancel(): void };
  after(milliseconds: number, run: () => void): { cancel(): void };
  /** Goes to what is due next and does it; false where nothing is. */
  step(): boolean;
}

/** When every simulation begins: a Monday morning. */
export const beginning = Date.parse("2026-11-23T08:00:00.000Z");

export function createClock(): Clock {
  const dues = new TinyQueue<Due>([], (one, other) => one.at - other.at || one.order - other.order);
  let now = beginning;
  let order = 0;
  const at = (instant: number, run: () => void) => {
    order += 1;
    const due: Due = { at: Math.max(instant, now), order, run, cancelled: false };
    dues.push(due);
    return {
      cancel() {
        due.cancelled = true;
      },
    };
  };
  return {
    get now() {
      return now;
    },
    get isEmpty() {
      return dues.length === 0;
    },
    at,
    after: (milliseconds, run) => at(now + milliseconds, run),
    step() {
      for (let due = dues.pop(); due; due = dues.pop()) {
        if (due.cancelled) continue;
        now = due.at;
        due.run();
        return true;
      }
      return false;
    },
  };
}
