import type { AskedAdmissions } from "@ratchet/contracts";
import { type Decider, noneAsked, type WaitingAdmissions } from "@ratchet/state";

/** What is asked of a model's admissions. What came in is in their log. */
export type AdmissionsCommand =
  /** Write down that a train-model command was sent with all that the log has up to this position. */
  | { readonly kind: "ask-for-training"; readonly position: number }
  /** Write down that it was said that the batches which have waited since then do so in vain. */
  | { readonly kind: "say-stuck"; readonly since: string }
  /** Write down that the schedule was looked at, up to and including this time. */
  | { readonly kind: "see-schedule"; readonly at: string };

/** What happens to a model's admissions. */
export type AdmissionsEvent =
  /** What the log has up to this position has ceased to wait. */
  | { readonly kind: "training-asked"; readonly position: number }
  | { readonly kind: "stuck-said"; readonly since: string }
  | { readonly kind: "schedule-seen"; readonly at: string };

const isSeen = ({ scheduledAt }: AskedAdmissions, at: string): boolean =>
  scheduledAt !== undefined && scheduledAt >= at;

const isAsked = ({ asked, waiting = [] }: AskedAdmissions, position: number): boolean =>
  asked >= position && waiting.length === 0;

/** Whether it was said that the batches which wait now do so in vain. */
export const isSaidStuck = ({ pending, asked: { stuckSince } }: WaitingAdmissions): boolean =>
  pending !== null && pending.since === stuckSince;

/** What happens because of a command. The log and the schedule are not seen backwards. */
function decide(state: AskedAdmissions, command: AdmissionsCommand): readonly AdmissionsEvent[] {
  switch (command.kind) {
    case "ask-for-training":
      return isAsked(state, command.position) ? [] : [{ kind: "training-asked", position: command.position }];
    case "say-stuck":
      return state.stuckSince === command.since ? [] : [{ kind: "stuck-said", since: command.since }];
    case "see-schedule":
      return isSeen(state, command.at) ? [] : [{ kind: "schedule-seen", at: command.at }];
  }
}

/** The admissions after an event; telling a thing twice changes nothing: the very same object is given back. */
export function evolve(state: AskedAdmissions, event: AdmissionsEvent): AskedAdmissions {
  switch (event.kind) {
    case "training-asked":
      return isAsked(state, event.position)
        ? state
        : { ...state, asked: Math.max(state.asked, event.position), waiting: undefined };
    case "stuck-said":
      return state.stuckSince === event.since ? state : { ...state, stuckSince: event.since };
    case "schedule-seen":
      return isSeen(state, event.at) ? state : { ...state, scheduledAt: event.at };
  }
}

/** How the admissions of a model move. */
export const admissionsDeciderOf = (model: string): Decider<AskedAdmissions, AdmissionsCommand, AdmissionsEvent> => ({
  initial: noneAsked(model),
  decide,
  evolve,
});
