import { percentile } from "../lib/statistics.ts";
import { load } from "./load.ts";
import { rowsOf } from "./package.ts";
import type { BesideLarge, Endurance } from "./results.ts";
import { memoryOf } from "./servers/pin.ts";
import type { Server, ServerKind } from "./servers/server.ts";

const large = 10_000;

const spread = (latencies: readonly number[]) => ({
  p50: percentile(latencies, 0.5),
  p99: percentile(latencies, 0.99),
});

/** @throws {Error} when a server does not take JSON. */
function request(server: Server, rows: number) {
  const found = server.request("json", rowsOf(rows));
  if (!found) throw new Error(`${server.name} takes no JSON`);
  return { port: server.port, ...found };
}

/** How long readiness takes, again and again, in milliseconds. */
async function readiness({ port }: Server, milliseconds: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (const until = performance.now() + milliseconds; performance.now() < until; ) {
    const asked = performance.now();
    const { ok } = await fetch(`http://127.0.0.1:${port}/v2/health/ready`);
    if (!ok) throw new Error("it is not ready under load");
    found.push(performance.now() - asked);
  }
  return found;
}

/** How long single rows wait alone, and beside a stream of requests of ten thousand rows. */
export async function besideLarge(kind: ServerKind, milliseconds: number): Promise<BesideLarge> {
  const server = await kind.start("mlp");
  try {
    const single = { ...request(server, 1), clients: 8 };
    await load({ ...single, milliseconds: milliseconds / 4 });
    const alone = await load({ ...single, milliseconds });
    const [beside, many, ready] = await Promise.all([
      load({ ...single, milliseconds }),
      load({ ...request(server, large), clients: 1, milliseconds }),
      readiness(server, milliseconds),
    ]);
    return {
      server: server.name,
      alone: spread(alone.latencies),
      beside: spread(beside.latencies),
      large: many.latencies.length,
      ready: percentile(ready, 0.99),
    };
  } finally {
    await server.close();
  }
}

/** Asks a server so often, and looks at its memory after each tenth. */
export async function endure(kind: ServerKind, requests: number, progress: (text: string) => void): Promise<Endurance> {
  const server = await kind.start("mlp");
  try {
    const single = { ...request(server, 1), clients: 32 };
    let [asked, failed] = [0, 0];
    const megabytes: number[] = [];
    while (asked < requests) {
      const round = await load({ ...single, milliseconds: 2_000 });
      asked += round.latencies.length;
      failed += round.failed;
      while (megabytes.length < Math.min(10, Math.floor((10 * asked) / requests))) {
        megabytes.push((await memoryOf(server.pid)) / 1e6);
        progress(`${asked.toLocaleString("en-US")} requests`);
      }
    }
    return { server: server.name, requests: asked, failed, megabytes };
  } finally {
    await server.close();
  }
}
