import type { Challenge, JudgementRecord, Seen } from "@ratchet/contracts";

/** What holds a challenger. */
export type Held = NonNullable<JudgementRecord["held"]>;

export type JudgementCommand =
  | {
      readonly kind: "ask";
      /** Id of the command. */
      readonly command: string;
      readonly traceparent: string | undefined;
      readonly challenge: Challenge;
      /** Where the evaluator asks again by itself: the command whose judgement it has looked at. */
      readonly again: string | undefined;
      readonly seen: Seen;
      readonly now: Date;
    }
  /** The holdout was used for the comparison of this key. */
  | {
      readonly kind: "weigh";
      readonly command: string;
      readonly key: string;
      readonly attempt: number;
      readonly now: Date;
    }
  /** A verdict is kept, or one of before stands. */
  | {
      readonly kind: "decide";
      readonly command: string;
      /** What it holds for; undefined where it does not hold, or for ever. */
      readonly held: Held | undefined;
      /** What it was made by; undefined where that was in an earlier delivery. */
      readonly seen: Seen | undefined;
      readonly now: Date;
    }
  /** All has been said that the verdict of this cause says. */
  | { readonly kind: "say"; readonly verdict: string; readonly now: Date }
  | {
      readonly kind: "fail";
      readonly command: string;
      readonly name: string;
      readonly reason: string;
      readonly seen: Seen;
      readonly now: Date;
    }
  /** It was told that the judgement is stuck. */
  | { readonly kind: "tell"; readonly now: Date }
  /** It was asked again because it does not get on. */
  | { readonly kind: "nudge"; readonly now: Date }
  /** It was looked at, and is to be looked at again then. */
  | { readonly kind: "look"; readonly lookAt: Date }
  /** A newer challenger has been asked about. */
  | { readonly kind: "overtake"; readonly by: string; readonly now: Date }
  /** The version is the champion: there is nothing to judge, and its verdict stands. */
  | { readonly kind: "close"; readonly now: Date };

export type JudgementEvent =
  | {
      readonly kind: "asked";
      readonly asked: JudgementRecord["asked"];
      readonly seen: Seen;
    }
  | { readonly kind: "weighed"; readonly key: string; readonly attempt: number; readonly at: string }
  | {
      readonly kind: "decided";
      readonly held: Held | undefined;
      readonly seen: Seen | undefined;
      readonly at: string;
    }
  | { readonly kind: "said"; readonly verdict: string; readonly at: string }
  | {
      readonly kind: "failed";
      readonly failure: NonNullable<JudgementRecord["failure"]>;
      readonly seen: Seen;
      readonly at: string;
    }
  | { readonly kind: "told"; readonly at: string }
  | { readonly kind: "nudged"; readonly at: string }
  | { readonly kind: "looked"; readonly lookAt: string }
  | { readonly kind: "overtaken"; readonly by: string; readonly at: string }
  | { readonly kind: "closed"; readonly at: string };
