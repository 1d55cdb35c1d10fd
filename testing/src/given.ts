import type { Decider } from "@ratchet/state";
import { expect } from "vitest";

/** A command, of which it is then said what happens. */
interface When<Event> {
  /** Exactly these events happen, in this order. */
  then(...events: readonly Event[]): void;
  /** Nothing happens. */
  thenNothing(): void;
  /** It is refused, with an error of this message. */
  thenRefused(message: string | RegExp): void;
}

/** A past, to which a command comes. */
interface Given<State, Command, Event> {
  /** The state that the past has led to. */
  readonly state: State;
  when(command: Command): When<Event>;
}

/**
 * Says a business rule as its past, a command, and what happens: `given(decider, …events).when(command).then(…events)`.
 */
export function given<State, Command, Event>(
  { initial, decide, evolve }: Decider<State, Command, Event>,
  ...past: readonly Event[]
): Given<State, Command, Event> {
  const state = past.reduce(evolve, initial);
  return {
    state,
    when: (command) => ({
      // biome-ignore lint/suspicious/noThenProperty: given / when / then is how rules are said; nobody awaits one.
      then: (...events) => expect(decide(state, command)).toEqual(events),
      thenNothing: () => expect(decide(state, command)).toEqual([]),
      thenRefused: (message) => expect(() => decide(state, command)).toThrow(message),
    }),
  };
}
