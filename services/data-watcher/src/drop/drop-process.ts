import type { DropRecord } from "@ratchet/contracts";
import type { Decider } from "@ratchet/state";
import type { Drop } from "./dropped-blob.ts";

/** Because of what a drop is taken in, and in which trace. */
export interface Announcement {
  readonly cause: string;
  readonly traceparent: string;
}

type Refusal = Readonly<NonNullable<DropRecord["refusal"]>>;

/** What is asked of a drop. Times are ISO 8601. */
export type DropCommand =
  | ({ readonly kind: "see"; readonly at: string } & Drop & Announcement)
  /** The content is fit to be this batch: said before any of it is written. */
  | { readonly kind: "intend"; readonly at: string; readonly batch: string }
  /** The batch is there. */
  | { readonly kind: "take"; readonly at: string }
  /** The champion is asked what it makes of the batch: it goes on with the answer, or without from then on. */
  | { readonly kind: "ask-champion"; readonly at: string; readonly answerBy: string }
  /** The batch is among the admissions as this drop's. */
  | { readonly kind: "admit"; readonly at: string }
  /** The batch stands out, and is in quarantine as this drop's. */
  | { readonly kind: "quarantine"; readonly at: string }
  /** The file has a fault, or is gone before it was taken. */
  | { readonly kind: "refuse"; readonly at: string; readonly refusal: Refusal }
  /** The batch is among the admissions as another drop's. */
  | { readonly kind: "recognise"; readonly at: string; readonly refusal: Refusal }
  /** Its outcome was told to everybody. */
  | { readonly kind: "end"; readonly at: string }
  /** Somebody has looked whether it goes on. */
  | { readonly kind: "look"; readonly at: string }
  /** It was said that it does not go on. */
  | { readonly kind: "say-stuck"; readonly at: string };

/** What happens to a drop. */
export type DropEvent =
  | ({ readonly kind: "seen"; readonly at: string } & Drop & Announcement)
  | { readonly kind: "inspected"; readonly at: string; readonly batch: string }
  | { readonly kind: "taken"; readonly at: string }
  | { readonly kind: "champion-asked"; readonly answerBy: string }
  | { readonly kind: "admitted"; readonly at: string }
  | { readonly kind: "quarantined"; readonly at: string }
  | { readonly kind: "refused"; readonly at: string; readonly refusal: Refusal }
  | { readonly kind: "ended" }
  | { readonly kind: "looked-at"; readonly lookAt: string }
  | { readonly kind: "stuck-said"; readonly at: string };

/** A drop that does not go on is looked at first after so many milliseconds: its message has had time to be tried again. */
export const firstLook = 10 * 60_000;

const longestLook = 24 * 3_600_000;

/** When to look next: after as long again as the drop has been where it is, at most after a day. */
function nextLook(since: string, at: string): string {
  const waited = Date.parse(at) - Date.parse(since);
  return new Date(Date.parse(at) + Math.min(Math.max(waited, firstLook), longestLook)).toISOString();
}

/** Whether it is decided for good what becomes of a drop. */
const isDecided = ({ phase }: DropRecord): boolean =>
  phase === "admitted" || phase === "quarantined" || phase === "refused";

/** Whether nothing is left to do. An ended drop never opens again. */
export const isEnded = ({ lookAt }: DropRecord): boolean => lookAt === null;

function decide(state: DropRecord | undefined, command: DropCommand): readonly DropEvent[] {
  if (!state) return command.kind === "see" ? [{ ...command, kind: "seen" }] : [];
  const { phase, since } = state;
  const isOpen = phase === "seen" || phase === "inspected";
  const { at } = command;
  switch (command.kind) {
    case "see":
      return [];
    case "intend":
      return phase === "seen" ? [{ kind: "inspected", at, batch: command.batch }] : [];
    case "take":
      return phase === "inspected" ? [{ kind: "taken", at }] : [];
    case "ask-champion":
      return phase === "taken" && !state.answerBy ? [{ kind: "champion-asked", answerBy: command.answerBy }] : [];
    case "admit":
      return phase === "taken" ? [{ kind: "admitted", at }] : [];
    case "quarantine":
      return phase === "taken" ? [{ kind: "quarantined", at }] : [];
    case "refuse":
      return isOpen ? [{ kind: "refused", at, refusal: command.refusal }] : [];
    case "recognise":
      return phase === "taken" ? [{ kind: "refused", at, refusal: command.refusal }] : [];
    case "end":
      return isDecided(state) && !isEnded(state) ? [{ kind: "ended" }] : [];
    case "look":
      return isEnded(state) ? [] : [{ kind: "looked-at", lookAt: nextLook(since, at) }];
    case "say-stuck":
      return isEnded(state) || state.stuckSaidAt ? [] : [{ kind: "stuck-said", at }];
  }
}

function evolve(state: DropRecord | undefined, event: DropEvent): DropRecord | undefined {
  if (event.kind === "seen") {
    const { model, file, etag, cause, traceparent, at } = event;
    return state ?? { model, file, etag, cause, traceparent, phase: "seen", since: at, lookAt: nextLook(at, at) };
  }
  if (!state) return state;
  switch (event.kind) {
    case "inspected":
    case "taken":
    case "admitted":
    case "quarantined":
    case "refused": {
      const { stuckSaidAt: _said, answerBy: _by, ...rest } = state;
      const { kind: phase, at, ...outcome } = event;
      return { ...rest, ...outcome, phase, since: at, lookAt: nextLook(at, at) };
    }
    case "champion-asked":
      return { ...state, answerBy: event.answerBy, lookAt: event.answerBy };
    case "ended":
      return { ...state, lookAt: null };
    case "looked-at":
      return { ...state, lookAt: event.lookAt };
    case "stuck-said":
      return { ...state, stuckSaidAt: event.at };
  }
}

/**
 * How a drop moves: seen, inspected, taken, then admitted, quarantined or refused, then told. A drop is refused for its content
 * or because it is gone only before it is taken, and admitted or quarantined only after: so exactly one of these becomes of it,
 * whoever works on it.
 */
export const dropDecider: Decider<DropRecord | undefined, DropCommand, DropEvent> = {
  initial: undefined,
  decide,
  evolve,
};
