import { infer } from "../commands/predict.ts";

/** What came of requests sent without a pause. */
export interface TrafficReport {
  readonly requests: number;
  readonly failures: readonly string[];
  /** Answers by model version, in the order in which versions first answered. */
  readonly versions: Readonly<Record<string, number>>;
  readonly slowest: number;
}

/** Requests going on until they are stopped. */
export interface Traffic {
  report(): TrafficReport;
  stop(): Promise<TrafficReport>;
}

/** Sends requests to an endpoint one after another, from several clients at once. */
export function startTraffic(
  endpoint: string,
  model: string,
  rows: readonly (readonly number[])[],
  clients = 2,
): Traffic {
  const versions: Record<string, number> = {};
  const failures: string[] = [];
  let requests = 0;
  let slowest = 0;
  let running = true;
  const client = async (offset: number) => {
    for (let turn = offset; running; turn += 1) {
      const row = rows[turn % rows.length] ?? [];
      const begun = performance.now();
      try {
        const { model_version: version } = await infer(endpoint, model, [row]);
        versions[version] = (versions[version] ?? 0) + 1;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      requests += 1;
      slowest = Math.max(slowest, performance.now() - begun);
      // A steady stream of requests, not a load test: the machine also trains meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const clientsDone = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  const report = (): TrafficReport => ({ requests, failures, versions, slowest });
  return {
    report,
    async stop() {
      running = false;
      await clientsDone;
      return report();
    },
  };
}
