import { patienceFor } from "./patience.ts";

/** Trying again later can help: the message is sent again, later, and only so often. */
export class TransientError extends Error {
  override readonly name: string = "TransientError";
  readonly transient = true;
}

/** Trying again cannot help: the message goes to the dead-letter queue. Subclasses are named for what is wrong. */
export class PermanentError extends Error {
  override readonly name: string = "PermanentError";
  readonly transient = false;
}

/** Whether trying again later can help, soon or once a missing role has arrived. */
export const isTransient = (error: unknown): boolean => patienceFor(error) !== "none";
