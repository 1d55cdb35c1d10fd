/**
 * Usage: pnpm chaos [--minutes <n>] [--seed <n>] [--faults <families>] [--count <n>] [--models <n>] [--folder <folder>]
 *
 * Runs the whole local stack under load and does to it what happens to machines: processes are killed and stand still, the
 * disk is full, the network is cut, clocks are wrong. Then all of that ends, and it is looked at what holds.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runChaos } from "./chaos.ts";
import { isOfFamilies, kindsAllowed } from "./faults/inject.ts";
import { type FaultKind, families, faultKinds } from "./faults/kinds.ts";
import { whatIsAllowed } from "./machine/allowed.ts";
import { isInNamespaces, runInside, wayIntoNamespaces } from "./machine/namespaces.ts";
import { canSeeProcesses } from "./machine/processes.ts";
import { describeReport } from "./report.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    count: { type: "string" },
    faults: { type: "string", default: families.join(",") },
    models: { type: "string", default: "3" },
    longest: { type: "string", default: "60" },
    patience: { type: "string", default: "20" },
    folder: { type: "string" },
    json: { type: "boolean", default: false },
    "no-set-up": { type: "boolean", default: false },
  },
});

const usageError = 64;
const cannot = 69;
const minute = 60_000;
const faultsPerMinute = 24;
const say = (line: string): void => console.error(line);

function number(name: "minutes" | "seed" | "count" | "models" | "longest" | "patience", otherwise = 0): number {
  const value = values[name] === undefined ? otherwise : Number(values[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  say(`--${name} takes a number, not ${values[name]}`);
  process.exit(usageError);
}

async function setUp(): Promise<void> {
  const script = join(import.meta.dirname, "../../scripts/set-up.ts");
  const child = spawn(process.execPath, [...process.execArgv, script], { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) process.exit(1);
}

/** What hangs in a stack that is gone fails long after, where nobody waits for it any more. */
function outliveOurClients(): void {
  process.on("uncaughtException", (error) => say(`a client of ours fell: ${error.stack}`));
  process.on("unhandledRejection", (error) => say(`a client of ours failed: ${String(error)}`));
}

async function run(): Promise<number> {
  outliveOurClients();
  const folder = values.folder === undefined ? await mkdtemp(join(tmpdir(), "ratchet-chaos-")) : resolve(values.folder);
  await mkdir(folder, { recursive: true });
  const allowed = await whatIsAllowed(folder);
  for (const sentence of allowed.leftOut) say(`left out: ${sentence}`);
  const wanted = values.faults.split(",");
  const kinds = (Object.keys(faultKinds) as FaultKind[]).filter(
    (kind) => isOfFamilies(wanted, kind) && kindsAllowed(allowed)(kind),
  );
  if (kinds.length === 0) {
    say(`none of the faults asked for can come here; the families are ${families.join(", ")}`);
    return usageError;
  }
  const minutes = number("minutes");
  const report = await runChaos({
    seed: number("seed"),
    count: number("count", Math.ceil(minutes * faultsPerMinute)),
    within: minutes * minute,
    kinds,
    longest: number("longest") * 1000,
    betweenHeavy: Math.min(45_000, (minutes * minute) / 3),
    models: ["alpha", "beta", "gamma", "delta", "epsilon"].slice(0, number("models")),
    patience: number("patience") * minute,
    quiet: 13 * minute,
    allowed,
    stateFolder: join(allowed.disk?.folder ?? folder, "ratchet"),
    folder,
    aloud: say,
  });
  say(`\n${describeReport(report)}`);
  if (values.json) console.log(JSON.stringify(report));
  return report.violations.length > 0 ? 1 : 0;
}

async function begin(): Promise<number> {
  if (!canSeeProcesses) {
    say("chaos needs Linux: elsewhere the processes of the stack cannot be told from others");
    return cannot;
  }
  if (isInNamespaces()) return run();
  if (!values["no-set-up"]) await setUp();
  const way = await wayIntoNamespaces();
  return way ? runInside(way) : run();
}

process.exit(await begin());
