import type { Caller } from "../deployment.ts";
import { infer } from "../inference.ts";

/** What came of requests sent without a pause. */
interface TrafficReport {
  readonly requests: number;
  readonly failures: readonly string[];
  /** Answers by model version, in the order in which versions first answered. */
  readonly versions: Readonly<Record<string, number>>;
  /** How long the slowest answer took, in milliseconds. */
  readonly slowest: number;
}

/** Requests that go on. */
interface Traffic {
  /** What came of them so far. */
  report(): TrafficReport;
}

const clients = 2;
/** Milliseconds between the requests of one client: a steady stream, not a load test; the machine also trains meanwhile. */
const pause = 20;

/** Sends requests to an endpoint, from several clients at once, for as long as some work goes on. */
export async function duringTraffic<T>(
  caller: Caller,
  endpoint: string,
  model: string,
  rows: readonly (readonly number[])[],
  work: (traffic: Traffic) => Promise<T>,
): Promise<{ readonly result: T; readonly report: TrafficReport }> {
  const versions: Record<string, number> = {};
  const failures: string[] = [];
  let requests = 0;
  let slowest = 0;
  let running = true;
  const client = async (offset: number) => {
    for (let request = offset; running; request += 1) {
      const row = rows[request % rows.length] ?? [];
      const begun = performance.now();
      try {
        const { model_version: version } = await infer(caller, endpoint, model, [row]);
        versions[version] = (versions[version] ?? 0) + 1;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      requests += 1;
      slowest = Math.max(slowest, performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  const report = (): TrafficReport => ({ requests, failures, versions, slowest });
  const stopped = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  const stop = async () => {
    running = false;
    await stopped;
  };
  try {
    const result = await work({ report });
    await stop();
    return { result, report: report() };
  } finally {
    await stop();
  }
}
