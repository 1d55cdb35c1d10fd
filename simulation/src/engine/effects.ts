import type { Clock } from "./clock.ts";
import type { Effect, Faults } from "./faults.ts";
import type { Invocations, Process } from "./processes.ts";
import type { Random } from "./random.ts";
import type { Story } from "./story.ts";

/** The one way in which a process acts on the world, or asks it. */
export interface Effects {
  /**
   * Does something to the world, some time later, and tells of it, later still; others act between. What it meets on the way
   * is decided by the faults.
   */
  perform<Result>(effect: Effect, apply: () => Result): Promise<Result>;
  /** Waits as a process does that has nothing else to do. */
  sleep(milliseconds: number): Promise<void>;
}

/** An effect was asked for by no process. */
class StrayEffectError extends Error {
  override readonly name = "StrayEffectError";
}

/** Whether requests under way when their process ends arrive all the same. */
const arrivesAllTheSame = 0.5;

export function createEffects(
  clock: Clock,
  random: Random,
  faults: Faults,
  invocations: Invocations,
  story: Story,
  end: (process: Process, why: string) => void,
): Effects {
  /** Tells a process of something, once it is awake; never where it has ended. */
  function tell(process: Process, say: () => void): void {
    if (!process.alive) return;
    if (process.pausedUntil > clock.now) clock.at(process.pausedUntil, () => tell(process, say));
    else say();
  }

  return {
    sleep(milliseconds) {
      const invocation = invocations.current();
      if (!invocation) throw new StrayEffectError("nobody sleeps");
      invocation.pending += 1;
      return new Promise((resolve) => {
        clock.after(milliseconds, () =>
          tell(invocation.process, () => {
            invocation.pending -= 1;
            resolve();
          }),
        );
      });
    },
    perform<Result>(effect: Effect, apply: () => Result): Promise<Result> {
      const invocation = invocations.current();
      if (!invocation) throw new StrayEffectError(`nobody asked: ${effect.what}`);
      const { process } = invocation;
      invocation.pending += 1;
      const fault = faults.of(process, effect, clock.now);
      const arrives = random.chance(arrivesAllTheSame);
      return new Promise<Result>((resolve, reject) => {
        const answer = (say: () => void): void => {
          clock.after(random.span(1, 20) + (fault?.kind === "slow" ? fault.by : 0), () =>
            tell(process, () => {
              invocation.pending -= 1;
              say();
            }),
          );
        };
        const tellOf = (line: string): void => story.tell(clock.now, () => `${process.name} ${line}`);
        const fail = (error: Error): void => answer(() => reject(error));

        /** Has its effect, unless the world refuses; gives what is to be told of it. */
        const applied = (): (() => void) => {
          try {
            const result = apply();
            tellOf(effect.what);
            return () => resolve(result);
          } catch (error) {
            tellOf(`is refused: ${effect.what}: ${String(error)}`);
            return () => reject(error);
          }
        };

        const act = (): void => {
          if (!process.alive && !arrives) return;
          if (fault === undefined || fault.kind === "slow") {
            answer(applied());
          } else if (fault.kind === "process-ends") {
            if (fault.when === "after") applied();
            end(process, `${fault.when} it ${effect.what}`);
          } else {
            if (fault.when === "after") applied();
            tellOf(
              `${fault.when === "after" ? "does not hear that it" : "fails:"} ${effect.what}: ${fault.error.message}`,
            );
            fail(fault.error);
          }
        };
        clock.after(random.span(1, 20), act);
      });
    },
  };
}
