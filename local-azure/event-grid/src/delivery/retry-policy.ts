import type { RetryPolicy } from "../subscription.ts";

/** How one attempt to deliver ended. */
export interface DeliveryOutcome {
  readonly delivered: boolean;
  /** In Event Grid's words, e.g. `NotFound`, `TimedOut`, `Busy`. */
  readonly outcome: string;
  /** The HTTP status, or what corresponds to it at a destination that is not HTTP; undefined if there was no answer. */
  readonly status?: number;
  readonly description?: string;
}

export type DeadLetterReason =
  | "MaxDeliveryAttemptsExceeded"
  | "TimeToLiveExceeded"
  | "UndeliverableDueToHttpBadRequest"
  | "UndeliverableDueToHttpRequestEntityTooLarge"
  | "UndeliverableDueToHttpUnauthorized"
  | "UndeliverableDueToHttpForbidden";

type NextStep =
  | { readonly kind: "retry"; readonly at: Date }
  | { readonly kind: "give-up"; readonly reason: DeadLetterReason };

interface Attempts {
  /** How many there have been, the last one included. */
  readonly count: number;
  readonly publishedAt: Date;
  readonly now: Date;
}

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** Waiting times after the first, second, … attempt; the last one for all that follow. */
const schedule = [
  10 * seconds,
  30 * seconds,
  1 * minutes,
  5 * minutes,
  10 * minutes,
  30 * minutes,
  1 * hours,
  3 * hours,
  6 * hours,
  12 * hours,
];

/** Some answers ask for more patience than the schedule has at its beginning. */
const atLeast: Readonly<Record<number, number>> = { 408: 2 * minutes, 503: 30 * seconds };
const atLeastForAzureResources: Readonly<Record<number, number>> = { 401: 5 * minutes, 404: 5 * minutes };

/** Answers that another attempt would get again. */
const final: Readonly<Record<number, DeadLetterReason>> = {
  400: "UndeliverableDueToHttpBadRequest",
  403: "UndeliverableDueToHttpForbidden",
  413: "UndeliverableDueToHttpRequestEntityTooLarge",
};
const finalForWebHooks: Readonly<Record<number, DeadLetterReason>> = {
  ...final,
  401: "UndeliverableDueToHttpUnauthorized",
};

/**
 * What follows a failed attempt: another one at a later time, or none.
 * `scale` shortens the waiting times and the time to live (0.01 makes seconds of minutes and a half).
 * Source: https://learn.microsoft.com/azure/event-grid/delivery-and-retry
 */
export function nextStep(
  failure: DeliveryOutcome,
  attempts: Attempts,
  options: { readonly policy: RetryPolicy; readonly toWebHook: boolean; readonly scale: number },
): NextStep {
  const status = failure.status ?? 0;
  const reason = (options.toWebHook ? finalForWebHooks : final)[status];
  if (reason) return { kind: "give-up", reason };
  if (attempts.count >= (options.policy.maxDeliveryAttempts ?? 30)) {
    return { kind: "give-up", reason: "MaxDeliveryAttemptsExceeded" };
  }
  const patience = options.toWebHook ? atLeast : { ...atLeast, ...atLeastForAzureResources };
  const scheduled = schedule[Math.min(attempts.count, schedule.length) - 1] ?? 0;
  const wait = Math.max(scheduled, patience[status] ?? 0) * options.scale;
  const at = new Date(attempts.now.getTime() + wait);
  const timeToLive = (options.policy.eventTimeToLiveInMinutes ?? 1440) * minutes * options.scale;
  if (at.getTime() > attempts.publishedAt.getTime() + timeToLive) {
    return { kind: "give-up", reason: "TimeToLiveExceeded" };
  }
  return { kind: "retry", at };
}
