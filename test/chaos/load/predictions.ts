import { setTimeout as delay } from "node:timers/promises";
import type { Caller } from "@ratchet/cli/deployment";
import { appOf } from "./projects.ts";

/** What a caller got that was an answer. Times are milliseconds since the epoch. */
export interface Answer {
  readonly model: string;
  readonly begun: number;
  readonly ended: number;
  /** The feature that was sent. */
  readonly x: number;
  readonly body: unknown;
}

/** What a caller got instead of one. */
export interface Failure {
  readonly model: string;
  readonly app: string;
  readonly begun: number;
  readonly ended: number;
  /** The status, or why there was none, e.g. `ECONNREFUSED`. */
  readonly kind: string;
  readonly words: string;
}

/** Callers of each model's endpoint that never stop asking. */
export interface Predictions {
  readonly answers: readonly Answer[];
  readonly failures: readonly Failure[];
  /** From now on a model is asked too. */
  ask(model: string, endpoint: string): void;
  stop(): Promise<void>;
}

const pauseMs = 150;
const timeoutMs = 10_000;

/**
 * Starts to ask.
 * @param living who asks, while the stack is up: tokens are good for one life of it.
 */
export function startPredictions(living: () => Caller | undefined): Predictions {
  const answers: Answer[] = [];
  const failures: Failure[] = [];
  const callers: Promise<void>[] = [];
  let running = true;
  let known: { readonly of: Caller | undefined; readonly headers: Readonly<Record<string, string>> } | undefined;
  const identified = async () => {
    const caller = living();
    const headers = await caller?.callerHeaders().catch(() => undefined);
    if (headers) known = { of: caller, headers };
    return known ?? { of: undefined, headers: {} };
  };

  async function askOnce(model: string, endpoint: string, x: number): Promise<void> {
    const begun = Date.now();
    const fail = (kind: string, words: string): void =>
      void failures.push({ model, app: appOf(model), begun, ended: Date.now(), kind, words });
    try {
      const { of: caller, headers } = await identified();
      const response = await fetch(`${endpoint}/v2/models/${model}/infer`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ inputs: [{ name: "features", datatype: "FP32", shape: [1, 1], data: [x] }] }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      // A token of a life that is over: whoever lives now does not know it, and is asked again with another.
      if (response.status === 401 && caller !== living()) return;
      if (!response.ok) return fail(String(response.status), text.slice(0, 300));
      answers.push({ model, begun, ended: Date.now(), x, body: JSON.parse(text) as unknown });
    } catch (error) {
      fail(kindOf(error), String(error));
    }
  }

  return {
    answers,
    failures,
    ask(model, endpoint) {
      const caller = async () => {
        for (let request = 0; running; request += 1) {
          await askOnce(model, endpoint, ((request * 37) % 200) / 100 - 1);
          await delay(pauseMs);
        }
      };
      callers.push(caller());
    },
    async stop() {
      running = false;
      await Promise.all(callers);
    },
  };
}

function kindOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
  return cause?.code ?? cause?.message ?? String(error);
}
