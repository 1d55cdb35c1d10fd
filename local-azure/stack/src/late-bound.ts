/** A receiver that is not there yet: what comes before it waits, and then comes in order. */
interface LateBound<T> {
  /** Resolves when the receiver has taken the value. */
  readonly call: (value: T) => Promise<void>;
  bind(receiver: (value: T) => void): void;
}

export function lateBound<T>(): LateBound<T> {
  const bound = Promise.withResolvers<(value: T) => void>();
  return {
    // Those who wait for one promise go on in the order in which they began to.
    call: async (value) => (await bound.promise)(value),
    bind: bound.resolve,
  };
}
