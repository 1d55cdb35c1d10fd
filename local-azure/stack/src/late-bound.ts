/** A receiver that is not there yet: what comes before it waits, and then comes in order. */
interface LateBound<T> {
  readonly call: (value: T) => void;
  bind(receiver: (value: T) => void): void;
}

export function lateBound<T>(): LateBound<T> {
  const waiting: T[] = [];
  let bound: ((value: T) => void) | undefined;
  return {
    call(value) {
      if (bound) bound(value);
      else waiting.push(value);
    },
    bind(receiver) {
      bound = receiver;
      for (const value of waiting.splice(0)) receiver(value);
    },
  };
}
