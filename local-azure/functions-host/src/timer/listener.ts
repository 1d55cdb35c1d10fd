import { asError } from "../errors.ts";
import type { RunnableListener } from "../listener.ts";
import { errorFields, type Logger } from "../log.ts";
import { invocationTrace } from "../trace.ts";
import type { Invoker } from "../worker/invoke.ts";
import type { TimerFunction } from "./function.ts";
import { withRetries } from "./retry.ts";
import { folderStatusStore, memoryStatusStore, type TimerStatus, type TimerStatusStore } from "./status-store.ts";

interface TimerListenerOptions {
  readonly invoker: Invoker;
  readonly logger: Logger;
  readonly stateFolder: string | undefined;
}

/** setTimeout takes at most 24.8 days; a longer wait is made of several. */
const longestWaitMs = 12 * 3_600_000;

/** Runs the timers of an app: an occurrence never overlaps the one before of the same function. */
export function createTimerListener(timers: readonly TimerFunction[], options: TimerListenerOptions): RunnableListener {
  const store = options.stateFolder === undefined ? memoryStatusStore() : folderStatusStore(options.stateFolder);
  const loops = timers.map((timer) => createTimerLoop(timer, store, options));
  return {
    start: () => {
      for (const loop of loops) loop.start();
    },
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
    runs: new Map(loops.map((loop) => [loop.name, loop.runNow])),
  };
}

function createTimerLoop(timer: TimerFunction, store: TimerStatusStore, options: TimerListenerOptions) {
  const { name } = timer.invocable;
  let waiting: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();

  const run = async (status: TimerStatus | undefined, isPastDue: boolean): Promise<void> => {
    const payload = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status && { Last: status.last, Next: status.next, LastUpdated: status.lastUpdated },
      IsPastDue: isPastDue,
    };
    const data = { json: JSON.stringify(payload) };
    const reason = `Timer fired at ${new Date().toISOString()}`;
    await withRetries(timer.invocable.registered.metadata.retryOptions, (retryContext) =>
      options.invoker.invoke(timer.invocable, {
        data,
        reason,
        trace: invocationTrace(),
        ...(retryContext ? { retryContext } : {}),
      }),
    ).catch(() => undefined);
  };

  const occur = async (occurrence: Date, isPastDue: boolean): Promise<void> => {
    if (!(await store.claim(name, occurrence))) return;
    const status = timer.useMonitor ? await store.read(name) : undefined;
    await run(timer.useMonitor ? (status ?? statusAt(timer, occurrence)) : undefined, isPastDue);
    // However many occurrences were missed, one run makes up for them all.
    if (timer.useMonitor) await store.write(name, statusAt(timer, isPastDue ? new Date() : occurrence));
  };

  /** One step after the other, whatever fails on the way: a timer never stops for an error. */
  const step = (work: () => Promise<void>): void => {
    running = running
      .then(work)
      .catch((thrown: unknown) =>
        options.logger.log({
          category: `Function.${name}`,
          functionName: name,
          level: "error",
          message: "The timer failed",
          error: errorFields(asError(thrown)),
        }),
      )
      .then(() => waitForNext());
  };

  const waitForNext = (): void => {
    if (stopped) return;
    const next = timer.schedule.next(new Date());
    if (!next) return;
    const wait = (): void => {
      const left = next.getTime() - Date.now();
      if (left > longestWaitMs) waiting = setTimeout(wait, longestWaitMs);
      else waiting = setTimeout(() => step(() => occur(next, false)), Math.max(0, left));
    };
    wait();
  };

  const begin = async (): Promise<void> => {
    const status = timer.useMonitor ? await store.read(name) : undefined;
    const missed = status && new Date(status.next);
    if (missed && missed.getTime() < Date.now()) await occur(missed, true);
    else if (timer.runOnStartup) await run(status, false);
    if (timer.useMonitor && !status) await store.write(name, statusAt(timer, new Date()));
  };

  return {
    name,
    start: () => step(begin),
    runNow: async () => run(timer.useMonitor ? await store.read(name) : undefined, false),
    stop: async () => {
      stopped = true;
      clearTimeout(waiting);
      await running;
    },
  };
}

function statusAt(timer: TimerFunction, last: Date): TimerStatus {
  const next = timer.schedule.next(last) ?? last;
  return { last: last.toISOString(), next: next.toISOString(), lastUpdated: new Date().toISOString() };
}
