import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "./lib/machine.ts";
import { median } from "./lib/statistics.ts";
import type { Broker, Durability } from "./service-bus/broker.ts";
import { chart } from "./service-bus/chart.ts";
import { type LocalAzureBroker, startLocalAzure } from "./service-bus/local-azure.ts";
import type { Measurement } from "./service-bus/measurement.ts";
import { type MemoryUse, measureMemory } from "./service-bus/memory.ts";
import { missingRabbitMq, startRabbitMq } from "./service-bus/rabbitmq.ts";
import { report } from "./service-bus/report.ts";
import type { Results, StartUp } from "./service-bus/results.ts";
import { measureRhea, measureSdk } from "./service-bus/throughput.ts";

const USAGE = `node bench/service-bus.ts [--quick | --last] [--messages <n>] [--rounds <n>]
  Measures the embedded Service Bus against Debian's RabbitMQ and writes results/service-bus.json and .svg.
  --quick     a tenth of the work, one round, 50,000 waiting messages; writes nothing
  --last      measures nothing: prints and draws the last written results again
  --messages  waiting messages of the memory measurement (1,000,000)
  --rounds    measured rounds of each work, of which the median counts (3)`;

const DURABILITIES: readonly Durability[] = ["durable", "in memory"];

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    last: { type: "boolean", default: false },
    messages: { type: "string" },
    rounds: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const scale = options.quick ? { slow: 100, fast: 2000 } : { slow: 1000, fast: 20_000 };
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
const waiting = Number(options.messages ?? (options.quick ? 50_000 : 1_000_000));

const progress = (text: string): void => console.error(`· ${text}`);

const starts: Broker[] = [];

const withBrokers = async <Result>(
  durability: Durability,
  use: (ours: LocalAzureBroker, all: readonly Broker[]) => Promise<Result>,
): Promise<Result> => {
  const ours = await startLocalAzure(durability);
  const theirs = missingRabbitMq() === undefined ? [await startRabbitMq()] : [];
  const all = [ours, ...theirs];
  starts.push(...all);
  try {
    return await use(ours, all);
  } finally {
    for (const broker of all) await broker.stop();
  }
};

const run = async (): Promise<Results> => {
  const throughput: Measurement[] = [];
  const memory: MemoryUse[] = [];
  for (const durability of DURABILITIES) {
    await withBrokers(durability, async (ours, all) => {
      progress(`${durability}: the same work on ${all.map(({ name }) => name).join(" and ")}`);
      throughput.push(...(await measureRhea(all, durability, scale, rounds)));
      progress(`${durability}: our broker through @azure/service-bus`);
      throughput.push(...(await measureSdk(ours, durability, scale, rounds)));
    });
    await withBrokers(durability, async (_ours, all) => {
      for (const broker of all) {
        progress(`${durability}: ${waiting.toLocaleString("en-US")} messages waiting in ${broker.name}`);
        memory.push(await measureMemory(broker, durability, waiting));
      }
    });
  }
  const startUp = [...Map.groupBy(starts, ({ name }) => name)].map(
    ([broker, all]): StartUp => ({ broker, milliseconds: median(all.map((each) => each.startUp)) }),
  );
  const versions = Object.fromEntries(starts.map(({ name, version }) => [name, version]));
  const machine = await describeMachine();
  return { measuredAt: new Date().toISOString(), machine, versions, messageBytes: 200, throughput, memory, startUp };
};

const RESULTS = join(import.meta.dirname, "results");
const JSON_FILE = join(RESULTS, "service-bus.json");

const write = async (results: Results): Promise<void> => {
  await mkdir(RESULTS, { recursive: true });
  await writeFile(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(join(RESULTS, "service-bus.svg"), chart(results));
  progress(`written: ${JSON_FILE} and service-bus.svg`);
};

const main = async (): Promise<void> => {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const missing = missingRabbitMq();
  if (missing && !options.last) progress(missing);
  const results: Results = options.last ? JSON.parse(await readFile(JSON_FILE, "utf8")) : await run();
  console.log(report(results));
  if (!options.quick) await write(results);
};

await main();
