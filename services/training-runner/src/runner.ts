import type { Run } from "@ratchet/contracts";
import type { Occasion, Outbox } from "@ratchet/messaging";
import type { Workspace } from "./gateways/workspace.ts";
import type { Stores } from "./stores.ts";

/** What the training-runner works with. */
export interface Runner {
  readonly stores: Stores;
  readonly workspace: Workspace;
  /** Speaks because of something that is no message. */
  outbox(occasion: Occasion): Outbox;
}

/**
 * Speaks of a run. A run is moved on by several messages, each with a cause of its own; what is said of it is said because
 * of the run, and so once, and in the trace of the message that started it.
 */
export const voiceOf = (runner: Runner, { runId, traceparent }: Run): Outbox =>
  runner.outbox({ cause: runId, traceparent });
