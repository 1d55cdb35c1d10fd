import { setTimeout as delay } from "node:timers/promises";
import { asError } from "../errors.ts";
import type { RetryContext, RetryOptions } from "../worker/core-types.ts";

/** Runs work under a function's retry policy; -1 retries for ever. Rejects with the last error. */
export async function withRetries<T>(
  policy: RetryOptions | undefined,
  work: (context: RetryContext | undefined) => Promise<T>,
): Promise<T> {
  let context: RetryContext | undefined;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(context);
    } catch (thrown) {
      if (!policy || (policy.maxRetryCount !== -1 && attempt >= policy.maxRetryCount)) throw thrown;
      const error = asError(thrown);
      context = {
        retryCount: attempt + 1,
        maxRetryCount: policy.maxRetryCount,
        exception: { message: error.message, ...(error.stack ? { stackTrace: error.stack } : {}) },
      };
      await delay(retryDelayMs(policy, attempt), undefined, { ref: false });
    }
  }
}

/** Milliseconds before the retry that follows attempt 0, 1, … */
function retryDelayMs(policy: RetryOptions, attempt: number): number {
  if (policy.retryStrategy === "fixedDelay") return (policy.delayInterval?.seconds ?? 0) * 1000;
  const least = (policy.minimumInterval?.seconds ?? 0) * 1000;
  const most = (policy.maximumInterval?.seconds ?? 0) * 1000;
  return Math.min(most, least * 2 ** attempt);
}
