/** A source of invocations other than HTTP: a Service Bus entity, a schedule. */
interface Listener {
  /** Begins to take work; failures to reach the source are logged and tried again. */
  start(): void;
  /** Takes no new work, lets what has begun finish, then releases the source. */
  stop(): Promise<void>;
}

/** A listener, and how to run its functions by hand through `POST /admin/functions/{name}`. */
export interface RunnableListener extends Listener {
  readonly runs: ReadonlyMap<string, (input: unknown) => Promise<unknown>>;
}
