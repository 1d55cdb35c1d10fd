import { isTransient } from "./transient.ts";

/** How often and how long apart a message is tried. Durations in milliseconds. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly firstDelay: number;
  readonly maxDelay: number;
}

/** Eight attempts over about four minutes. */
export const defaultRetryPolicy: RetryPolicy = { maxAttempts: 8, firstDelay: 2_000, maxDelay: 60_000 };

export type AfterFailure = { readonly kind: "retry"; readonly notBefore: Date } | { readonly kind: "fail" };

/** What becomes of a message whose handler failed: sent again for later, or failed for good. */
export function afterFailure(error: unknown, attempt: number, now: Date, policy: RetryPolicy): AfterFailure {
  if (!isTransient(error) || attempt >= policy.maxAttempts) return { kind: "fail" };
  const delay = Math.min(policy.firstDelay * 2 ** (attempt - 1), policy.maxDelay);
  return { kind: "retry", notBefore: new Date(now.getTime() + delay) };
}
