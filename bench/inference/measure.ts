import { median, percentile } from "../lib/statistics.ts";
import { type Answered, load } from "./load.ts";
import { rowsOf } from "./package.ts";
import type { Footprint, Measured } from "./results.ts";
import { cpuSeconds, memoryOf } from "./servers/pin.ts";
import type { Format, Network, Server, ServerKind } from "./servers/server.ts";

/** How a server is asked. */
export interface Asking {
  readonly format: Format;
  readonly clients: number;
  readonly rows: number;
}

export interface Rounds {
  readonly rounds: number;
  readonly milliseconds: number;
}

interface Round extends Answered {
  readonly cpu: number;
}

/** @throws {Error} when an answer is not 200: a server that refuses is fast. */
async function ask(
  server: Server,
  { format, clients, rows }: Asking,
  milliseconds: number,
): Promise<Round | undefined> {
  const request = server.request(format, rowsOf(rows));
  if (!request) return undefined;
  const before = await cpuSeconds(server.pid);
  const answered = await load({ port: server.port, ...request, clients, milliseconds });
  const cpu = (await cpuSeconds(server.pid)) - before;
  const { failed, latencies } = answered;
  if (failed > 0)
    throw new Error(`${server.name}: ${failed} of ${latencies.length} requests were not answered with 200`);
  return { ...answered, cpu };
}

const perSecond = ({ latencies, seconds }: Round): number => latencies.length / seconds;

/** Rounds take turns between servers; the first warms up and does not count. */
async function compare(
  servers: readonly (Server & { readonly isLimit: boolean })[],
  network: Network,
  asking: Asking,
  { rounds, milliseconds }: Rounds,
): Promise<readonly Measured[]> {
  const all = servers.map((): Round[] => []);
  for (let round = 0; round <= rounds; round += 1)
    for (const [index, server] of servers.entries()) {
      const found = await ask(server, asking, milliseconds);
      if (round > 0 && found) all[index]?.push(found);
    }
  return servers.flatMap(({ name, isLimit }, index) => {
    const own = all[index] ?? [];
    if (own.length === 0) return [];
    const latencies = own.flatMap((round) => round.latencies);
    const cpu = own.reduce((sum, round) => sum + round.cpu, 0);
    return [
      {
        ...{ server: name, isLimit, network, ...asking },
        perSecond: median(own.map(perSecond)),
        p50: median(latencies),
        p99: percentile(latencies, 0.99),
        cpu: (1e6 * cpu) / latencies.length,
      },
    ];
  });
}

/** Starts all servers for a network, has each asked in every way, and ends them. */
export async function measureNetwork(
  kinds: readonly ServerKind[],
  network: Network,
  ways: readonly Asking[],
  rounds: Rounds,
  progress: (text: string) => void,
): Promise<{ readonly measured: readonly Measured[]; readonly footprints: readonly Footprint[] }> {
  const servers: (Server & { readonly isLimit: boolean })[] = [];
  try {
    for (const kind of kinds) servers.push({ ...(await kind.start(network)), isLimit: kind.isLimit === true });
    const measured: Measured[] = [];
    for (const way of ways) {
      progress(`${network}, ${way.format}, ${way.clients} clients, ${way.rows} rows a request`);
      measured.push(...(await compare(servers, network, way, rounds)));
    }
    const footprints = await Promise.all(
      servers.map(async ({ name, pid, firstAnswer }) => ({
        ...{ server: name, network, firstAnswer },
        megabytes: (await memoryOf(pid)) / 1e6,
      })),
    );
    return { measured, footprints };
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}
