/**
 * How a piece of state moves: what happens is decided from what there is, and what there is follows from what has
 * happened. Plain functions over plain data, tested as given / when / then. (The pattern is Jérémie Chassaing's decider.)
 */
export interface Decider<State, Command, Event> {
  /** The state before anything has happened. */
  readonly initial: State;
  /** What happens because of a command; nothing where it changes nothing. */
  decide(state: State, command: Command): readonly Event[];
  /** The state after an event; the very same object where the event changes nothing. */
  evolve(state: State, event: Event): State;
}

/** A move that was made. */
export interface Moved<State, Event> {
  readonly before: State;
  readonly events: readonly Event[];
  readonly after: State;
}

/**
 * Decides about a command and applies what happens.
 * @param stored the state as it is kept; the decider's initial one where there is none.
 */
export function moved<State, Command, Event>(
  { initial, decide, evolve }: Decider<State, Command, Event>,
  stored: State | undefined,
  command: Command,
): Moved<State, Event> {
  const before = stored ?? initial;
  const events = decide(before, command);
  return { before, events, after: events.reduce(evolve, before) };
}
