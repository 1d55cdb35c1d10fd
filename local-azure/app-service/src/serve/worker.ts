import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { FunctionApp } from "@local-azure/functions-host";

/** One process of a slot, with the connections to it and the requests that are under way in it. */
export interface Worker {
  readonly app: FunctionApp;
  /** The folder it runs from. */
  readonly directory: string;
  readonly agent: Agent;
  /** Counts a request in; the returned function counts it out again. */
  begin(): () => void;
  readonly inFlight: () => number;
  /** Once nothing is routed here any more: waits for what is under way, lets the app finish, ends the process. */
  retire(): Promise<void>;
}

/** How long requests and other invocations get to finish when a process is replaced. */
const drainLimitMs = 60_000;

export function createWorker(app: FunctionApp, directory: string): Worker {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, scheduling: "lifo" });
  const idle = new Set<() => void>();
  let inFlight = 0;
  let retired: Promise<void> | undefined;

  void app.exited.then(() => agent.destroy());

  const whenIdle = (): Promise<void> =>
    inFlight === 0 ? Promise.resolve() : new Promise((resolve) => idle.add(resolve));
  const retire = async (): Promise<void> => {
    const limit = new AbortController();
    const late = delay(drainLimitMs, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([whenIdle(), late, app.exited]);
    limit.abort();
    await app.drain(drainLimitMs);
  };
  return {
    app,
    directory,
    agent,
    inFlight: () => inFlight,
    begin() {
      inFlight += 1;
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        inFlight -= 1;
        if (inFlight > 0) return;
        for (const resolve of idle) resolve();
        idle.clear();
      };
    },
    retire: () => {
      retired ??= retire();
      return retired;
    },
  };
}
