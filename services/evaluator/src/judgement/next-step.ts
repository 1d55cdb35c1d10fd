import type { JudgeAgain, JudgementRecord, Seen } from "@ratchet/contracts";
import type { Held } from "./events.ts";
import { nextLook } from "./evolve.ts";
import { isInHand } from "./judgement.ts";

/** What the holdout could do for a challenger that is held, as it is now. */
export interface Prospect {
  /** Whether it may be used. */
  readonly open: boolean;
  /** How many held-out rows would judge that have not judged this challenger yet. */
  readonly newRows: number;
}

/** What a sweep does about a judgement. */
export type NextStep =
  | { readonly kind: "ask"; readonly because: JudgeAgain }
  /** It is the champion: nothing is to be judged any more. */
  | { readonly kind: "close" }
  | { readonly kind: "wait"; readonly lookAt: Date };

/** Whether it is time to look at a judgement. */
export const isDue = ({ lookAt }: JudgementRecord, now: Date): boolean =>
  lookAt !== undefined && Date.parse(lookAt) <= now.getTime();

/** What has changed of what a judgement depends on, so that it may come out otherwise. */
function changeOf(then: Seen, now: Seen, watched: readonly (keyof Seen)[]): JudgeAgain | undefined {
  const changed = watched.find((name) => then[name] !== now[name]);
  return changed === "championFile" ? "champion" : changed;
}

/** The change that lifts a hold, where it has come; undefined as long as it holds. */
function lifted(hold: string, { until, newRows = 1 }: Held, prospect: Prospect, now: Date): JudgeAgain | undefined {
  switch (hold) {
    case "cooldown":
      return until !== undefined && Date.parse(until) <= now.getTime() ? "cooldown" : undefined;
    case "holdout":
      return prospect.open && prospect.newRows > 0 ? "holdout" : undefined;
    case "rows":
      return prospect.open && prospect.newRows >= newRows ? "rows" : undefined;
    default:
      // A vote, or a champion that can be scored, comes with a change that is looked for anyway.
      return undefined;
  }
}

/**
 * What is to be done about a judgement that was not at its end when it was to be looked at. Held, it is judged again when the
 * champion, its file or the definition are others, or when all that holds it is over; failed, when anything that it depends on
 * is another; and where it does not get on, at once.
 */
export function nextStep(record: JudgementRecord, present: Seen, prospect: Prospect, now: Date): NextStep {
  const { held, failure, seen, version } = record;
  if (isInHand(record)) {
    if (!failure) return { kind: "ask", because: "stalled" };
    const change = changeOf(seen, present, ["definition", "file", "batches", "champion", "championFile"]);
    return change ? { kind: "ask", because: change } : { kind: "wait", lookAt: nextLook(now, {}) };
  }
  if (present.champion === version || !held) return { kind: "close" };
  const change = changeOf(seen, present, ["champion", "championFile", "definition"]);
  if (change) return { kind: "ask", because: change };
  const lifts = held.for.map((hold) => lifted(hold, held, prospect, now));
  const [first] = lifts;
  if (first && !lifts.includes(undefined)) return { kind: "ask", because: first };
  return { kind: "wait", lookAt: nextLook(now, held) };
}
