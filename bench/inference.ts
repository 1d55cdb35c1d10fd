/** Predictions a second, how long they take and what they cost, beside other people's servers, on one core each. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildInferenceRelease } from "@ratchet/inference/build-release";
import { chart } from "./inference/chart.ts";
import { type Asking, measureNetwork } from "./inference/measure.ts";
import { makeModels, makePackage } from "./inference/package.ts";
import { report } from "./inference/report.ts";
import type { BesideLarge, Endurance, Footprint, Measured, Results } from "./inference/results.ts";
import { ourServers } from "./inference/servers/ours.ts";
import { peerServers } from "./inference/servers/peers.ts";
import { clientCore, pin } from "./inference/servers/pin.ts";
import type { Network } from "./inference/servers/server.ts";
import { besideLarge, endure } from "./inference/strain.ts";
import { describeMachine } from "./lib/machine.ts";

const USAGE = `node bench/inference.ts [--quick | --last] [--only loads|strain] [--json]
  Asks Ratchet's inference app and others, each on a core of its own, and writes results/inference.json and .svg. It takes
  two cores, taskset, PyTorch for /usr/bin/python3, and half an hour.
  --quick    some seconds, without other people's servers that are not installed yet; writes nothing
  --last     measures nothing: prints and draws the last written results again
  --only     measures this part, and keeps the last results of the other
  --json     prints the results as JSON instead of tables`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    last: { type: "boolean", default: false },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const JSON_FILE = join(import.meta.dirname, "results/inference.json");
const progress = (text: string): void => console.error(`· ${text}`);
const networks: readonly Network[] = ["mlp", "cnn"];

const full: readonly Asking[] = (["json", "binary"] as const).flatMap((format) => [
  ...[1, 8, 64].map((clients) => ({ format, clients, rows: 1 })),
  { format, clients: 8, rows: 64 },
]);
const ways = options.quick ? full.filter(({ clients }) => clients === 8) : full;
const rounds = options.quick ? { rounds: 1, milliseconds: 150 } : { rounds: 4, milliseconds: 1_000 };

interface Setting {
  readonly models: string;
  readonly folders: ReadonlyMap<Network, string>;
}

const kindsOf = ({ folders }: Setting) => ourServers((network) => folders.get(network) ?? "");

async function measureLoads(setting: Setting): Promise<Pick<Results, "measured" | "footprints" | "missing">> {
  const peers = await peerServers(setting.models, !options.quick);
  const kinds = [...kindsOf(setting), ...peers.kinds];
  const measured: Measured[] = [];
  const footprints: Footprint[] = [];
  for (const network of networks) {
    const found = await measureNetwork(kinds, network, ways, rounds, progress);
    measured.push(...found.measured);
    footprints.push(...found.footprints);
  }
  return { measured, footprints, missing: peers.missing };
}

async function measureStrain(setting: Setting): Promise<Pick<Results, "besideLarge" | "endurance">> {
  const ours = kindsOf(setting).filter(({ isLimit }) => isLimit !== true);
  const beside: BesideLarge[] = [];
  const endurance: Endurance[] = [];
  for (const kind of ours) {
    progress(`${kind.name}, single rows beside large requests`);
    beside.push(await besideLarge(kind, options.quick ? 500 : 10_000));
    endurance.push(await endure(kind, options.quick ? 500 : 1_000_000, progress));
  }
  return { besideLarge: beside, endurance };
}

const none = { measured: [], footprints: [], missing: [], besideLarge: [], endurance: [] };

const last = async (): Promise<Results> => JSON.parse(await readFile(JSON_FILE, "utf8")) as Results;

async function measure(): Promise<Results> {
  await pin(process.pid, clientCore);
  const models = await makeModels();
  const folders = new Map<Network, string>();
  for (const network of networks) folders.set(network, await makePackage(models, network));
  try {
    const setting = { models, folders };
    const before = options.only === undefined ? none : await last().catch(() => none);
    const now = { measuredAt: new Date().toISOString(), machine: await describeMachine() };
    return {
      ...before,
      ...now,
      packageMegabytes: (await buildInferenceRelease()).bytes / 1e6,
      ...(options.only === "strain" ? {} : await measureLoads(setting)),
      ...(options.only === "loads" ? {} : await measureStrain(setting)),
    };
  } finally {
    for (const folder of [models, ...folders.values()]) await rm(folder, { recursive: true });
  }
}

const main = async (): Promise<void> => {
  if (options.help) return console.log(USAGE);
  const results = options.last ? await last() : await measure();
  if (!options.last && !options.quick) await writeFile(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`);
  if (!options.quick) await writeFile(JSON_FILE.replace(/json$/, "svg"), chart(results));
  console.log(options.json ? JSON.stringify(results) : report(results));
};

await main();
