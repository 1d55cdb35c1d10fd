import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { subscribe } from "@ratchet/cli/commands/subscribe";
import type { Deployment } from "@ratchet/cli/deployment";
import { randomOf } from "@ratchet/simulation/random";
import { shortenLocks } from "../testing/queues.ts";
import { createInjector } from "./faults/inject.ts";
import type { FaultKind } from "./faults/kinds.ts";
import { planOf } from "./faults/plan.ts";
import { runFaults } from "./faults/run-faults.ts";
import { bringIntoProduction } from "./load/begin.ts";
import { createDeeds } from "./load/deeds.ts";
import { createFacts } from "./load/facts.ts";
import { startOperators } from "./load/operators.ts";
import { startPredictions } from "./load/predictions.ts";
import { appOf } from "./load/projects.ts";
import { replayAll } from "./load/replay-all.ts";
import type { Allowed } from "./machine/allowed.ts";
import { watchStandstills } from "./machine/standstills.ts";
import { describeReport, type Report } from "./report.ts";
import { wrongAnswers } from "./seen/answers.ts";
import type { Broken } from "./seen/broken.ts";
import { endpointReports, unexcusedFailures } from "./seen/endpoints.ts";
import { reportOf } from "./seen/report-of.ts";
import { comeToRest, type Rest } from "./seen/rest.ts";
import { type RunsWatch, watchRuns } from "./seen/runs-at-once.ts";
import { createLook } from "./seen/seen.ts";
import { startSubscriber } from "./seen/subscriber.ts";
import { unexcusedEnds } from "./stack/own-ends.ts";
import { type Stack, startStack } from "./stack/stack.ts";
import { beginStory } from "./story.ts";

export interface ChaosOptions {
  readonly seed: number;
  /** How many faults, within how many milliseconds. */
  readonly count: number;
  readonly within: number;
  readonly kinds: readonly FaultKind[];
  /** Milliseconds that a fault lasts at most. */
  readonly longest: number;
  /** Milliseconds between two faults after which the stack is gone for a while. */
  readonly betweenHeavy: number;
  readonly models: readonly string[];
  /** Milliseconds to wait for rest at most, and for a sweep to see to what stands still. */
  readonly patience: number;
  readonly quiet: number;
  readonly allowed: Allowed;
  /** Where the stack keeps its state. */
  readonly stateFolder: string;
  /** Where story, logs and records are left. */
  readonly folder: string;
  readonly aloud: (line: string) => void;
}

const startPatienceMs = 300_000;
const endPatienceMs = 60_000;
/** Milliseconds between two deeds, on average. */
const pace = 1_200;

async function untilReady({ up }: Stack): Promise<Deployment> {
  for (const deadline = Date.now() + startPatienceMs; Date.now() < deadline; await delay(100))
    if (up.deployment) return up.deployment;
  throw new Error(`ratchet up was not ready in time; it said:\n${up.lives.at(-1)?.lastLines.join("\n")}`);
}

/** Whoever has no more patience gets no end, but leaves nothing running. */
function endOnTerm(stack: Stack): () => void {
  const end = async (): Promise<never> => {
    for (const { process: found } of await stack.processes()) await stack.signal(found, "SIGKILL");
    process.exit(143);
  };
  process.once("SIGTERM", end);
  return () => void process.off("SIGTERM", end);
}

/** Looks at the processes all the while: one that was never seen would not be known when its parent is gone. */
function keepLooking(stack: Stack, runs: RunsWatch): () => void {
  const look = async () => runs.see(await stack.processes(), Date.now());
  const timer = setInterval(() => void look(), 500);
  return () => clearInterval(timer);
}

/**
 * Runs the whole stack under load through a time of faults, lets them end, and looks at what holds: at rest, and once more
 * after every dead letter was replayed.
 */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const { seed, models, allowed, stateFolder, folder } = options;
  const files = join(folder, "files");
  await mkdir(files, { recursive: true });
  const story = beginStory(join(folder, "story.txt"), options.aloud);
  const begun = Date.now();
  const stack = startStack(stateFolder, join(folder, "ratchet-up.txt"));
  stack.up.onEnd.push(({ how, endsSince }) => story.tell(`ratchet up ended ${how}${endsSince ? "" : ", by itself"}`));
  stack.up.onStart.push(() => story.tell("ratchet up is started"));
  const runs = watchRuns();
  const stopLooking = keepLooking(stack, runs);
  const forgetTerm = endOnTerm(stack);
  const watch = watchStandstills();
  const facts = createFacts();
  const deeds = createDeeds({ models, random: randomOf(seed), facts, folder: files });
  try {
    const deployment = await untilReady(stack);
    story.tell("ratchet up is ready");
    await shortenLocks(deployment, "PT15S");
    const subscriber = await startSubscriber(stateFolder);
    await subscribe(deployment, { name: "chaos", url: subscriber.url, types: [] });
    const endpoints = await bringIntoProduction(deployment, deeds, models, story);
    const predictions = startPredictions(() => stack.up.deployment);
    for (const [model, endpoint] of endpoints) {
      stack.knowApp(appOf(model), endpoint);
      predictions.ask(model, endpoint);
    }

    story.tell("the faults begin");
    const faultsBegun = Date.now();
    const operators = startOperators({
      deeds,
      random: randomOf(seed + 1),
      facts,
      story,
      deployment: () => stack.up.deployment,
      pace,
    });
    const faults = runFaults(planOf(options), createInjector(stack, allowed), story);
    await faults.over;
    const faultsEnded = Date.now();
    operators.stop();
    story.tell("the faults are over");

    const look = createLook(models);
    const rest = () => comeToRest({ ...options, stack, facts, story, look, watch, heard: subscriber.heard });
    const rests: Rest[] = [await rest()];
    let replayed = 0;
    for (let left = Number.POSITIVE_INFINITY; rests.at(-1)?.broken.length === 0; ) {
      const letters = rests.at(-1)?.seen?.letters.length ?? 0;
      // What comes back however often it is replayed was refused, and will be.
      if (letters === 0 || letters >= left) break;
      left = letters;
      replayed += await replayAll(stack.up.deployment, story);
      rests.push(await rest());
    }
    await predictions.stop();
    const seen = rests.at(-1)?.seen;
    const verdicts = seen?.models.flatMap((model) => model.verdicts) ?? [];
    const wrong = stack.up.deployment
      ? await wrongAnswers(stack.up.deployment, predictions.answers, verdicts, facts)
      : [{ sentence: "answers could not be compared with models: ratchet up is not ready" }];
    const trouble = { faults: faults.happened, lives: stack.up.lives, standstills: watch.standstills };
    const unexcused = unexcusedFailures(models, trouble, predictions);
    const ends = await endWell(stack, faultsEnded);
    await subscriber.close();

    const report = reportOf({
      ...options,
      begun,
      faultsBegun,
      faultsEnded,
      happened: faults.happened,
      missed: faults.missed(),
      facts,
      endpoints: endpointReports(models, trouble, predictions, faultsBegun),
      lives: stack.up.lives,
      standstills: watch.standstills,
      rests,
      replayed,
      broken: [...unexcused, ...wrong, ...runs.broken, ...rests.flatMap(({ broken }) => broken), ...ends],
    });
    await writeFile(join(folder, "seen.json"), JSON.stringify(seen, mapsAsObjects, 1));
    await writeFile(join(folder, "report.json"), JSON.stringify(report, undefined, 1));
    await writeFile(join(folder, "report.txt"), describeReport(report));
    return report;
  } finally {
    stopLooking();
    forgetTerm();
    watch.stop();
    for (const { process } of await stack.processes()) await stack.signal(process, "SIGKILL");
    await stack.up.stop();
    await cp(join(stateFolder, "logs"), join(folder, "logs"), { recursive: true }).catch(() => undefined);
    await story.end();
  }
}

/** Ends the stack as Ctrl-C does: well, and with nothing left over. */
async function endWell(stack: Stack, calmSince: number): Promise<readonly Broken[]> {
  const { code, how, lastLines } = await stack.up.stop();
  const found: Broken[] = [...unexcusedEnds(stack.up.lives, calmSince)];
  if (code !== 0)
    found.push({ sentence: `asked to stop, ratchet up ended ${how}: ${lastLines.slice(-3).join(" | ")}` });
  for (const deadline = Date.now() + endPatienceMs; ; await delay(250)) {
    const left = await stack.processes();
    if (left.length === 0) return found;
    if (Date.now() > deadline)
      return [
        ...found,
        ...left.map(({ process }) => ({ sentence: `a process is left over: ${process.id} ${process.command}` })),
      ];
  }
}

const mapsAsObjects = (_: string, value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries(value) : value;
