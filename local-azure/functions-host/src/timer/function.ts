import type { AppSettings } from "../app-settings.ts";
import { asError, FunctionBindingError } from "../errors.ts";
import type { Binding } from "../worker/core-types.ts";
import type { Invocable } from "../worker/invoke.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";

/** A function with a `timerTrigger`. */
export interface TimerFunction {
  readonly invocable: Invocable;
  readonly schedule: Schedule;
  readonly runOnStartup: boolean;
  /** Whether its schedule is kept across restarts, so that a missed occurrence is made up for. */
  readonly useMonitor: boolean;
}

const minuteMs = 60_000;

/** @throws {FunctionBindingError} when the schedule cannot be read. */
export function timerFunction(invocable: Invocable, binding: Binding, settings: AppSettings): TimerFunction {
  try {
    const text = settings.resolve(String(binding["schedule"] ?? ""), `Function "${invocable.name}"`);
    const schedule = parseSchedule(text, settings.get("WEBSITE_TIME_ZONE"));
    const asked = binding["useMonitor"];
    return {
      invocable,
      schedule,
      runOnStartup: binding["runOnStartup"] === true,
      useMonitor: typeof asked === "boolean" ? asked : isAtLeastMinutely(schedule),
    };
  } catch (thrown) {
    throw new FunctionBindingError(invocable.name, invocable.triggerName, asError(thrown).message);
  }
}

/** As on Azure, a schedule that runs more often than once a minute is not monitored unless asked for. */
function isAtLeastMinutely(schedule: Schedule): boolean {
  const first = schedule.next(new Date());
  const second = first && schedule.next(first);
  return !first || !second || second.getTime() - first.getTime() >= minuteMs;
}
