/** A model that does not take or give what its task asks for, fails on rows that fit the schema, or takes more than it may. */
export class UnusableModelError extends Error {
  override readonly name = "UnusableModelError";
  /** Trying again cannot help. Said here: a process that scores loads nothing that sends messages. */
  readonly transient = false;
}
