import type { QueueKind } from "./kinds.ts";

/** Where fresh entities come from. */
export interface EntityPool {
  readonly connectionString: string;
  /** The name of a queue that no test has used. */
  queue(kind: QueueKind): Promise<string>;
  /** The name of a topic with the subscriptions of `kinds.ts`. */
  topic(): Promise<string>;
  close(): Promise<void>;
}
