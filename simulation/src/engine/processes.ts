import { AsyncLocalStorage } from "node:async_hooks";

/** A process of a service. */
export interface Process {
  readonly service: string;
  /** e.g. `deployer#2` */
  readonly name: string;
  /** False once it has ended; a process that is started again is another one. */
  alive: boolean;
  /** Until then nothing of it goes on: milliseconds since 1970. */
  pausedUntil: number;
  /** How far its clock is ahead, in milliseconds. */
  skew: number;
}

/** One call of one function of a process. */
interface Invocation {
  readonly process: Process;
  readonly name: string;
  /** Effects that it has asked for and not heard of. */
  pending: number;
}

/** Runs the code of services and knows when all of it waits for the world. */
export interface Invocations {
  /** The invocation whose code runs now; undefined where it is none. */
  current(): Invocation | undefined;
  /** Runs a function of a process; what becomes of it is told, unless the process ends before. */
  run<Result>(
    process: Process,
    name: string,
    work: () => Promise<Result>,
    done: (outcome: { readonly value: Result } | { readonly error: unknown }) => void,
  ): void;
  /**
   * Lets all code run until it waits for effects.
   * @throws {OutsideWaitError} when some waits for anything else.
   */
  settle(): Promise<void>;
}

/** Code of a service waits for something that is not in the simulation: a timer, a connection, a file. */
class OutsideWaitError extends Error {
  override readonly name = "OutsideWaitError";
}

const turnsToWait = 200;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createInvocations(): Invocations {
  const storage = new AsyncLocalStorage<Invocation>();
  const running = new Set<Invocation>();
  const busy = (): Invocation | undefined => {
    for (const invocation of running) {
      if (!invocation.process.alive) running.delete(invocation);
      else if (invocation.pending === 0) return invocation;
    }
    return undefined;
  };
  return {
    current: () => storage.getStore(),
    run(process, name, work, done) {
      const invocation: Invocation = { process, name, pending: 0 };
      running.add(invocation);
      const end = (outcome: Parameters<typeof done>[0]): void => {
        running.delete(invocation);
        if (process.alive) done(outcome);
      };
      storage.run(invocation, () => {
        work().then(
          (value) => end({ value }),
          (error: unknown) => end({ error }),
        );
      });
    },
    async settle() {
      for (let turns = 0; ; turns += 1) {
        await turn();
        const waiting = busy();
        if (!waiting) return;
        if (turns >= turnsToWait)
          throw new OutsideWaitError(
            `${waiting.process.name}, ${waiting.name}, waits for something outside the simulation`,
          );
      }
    },
  };
}
