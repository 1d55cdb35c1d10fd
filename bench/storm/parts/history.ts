import { setTimeout as delay } from "node:timers/promises";
import { askForTraining } from "@ratchet/cli/commands/train";
import { readTrainingSlot } from "@ratchet/cli/model-records";
import { median } from "../../lib/statistics.ts";
import { writeHistory } from "../load/history.ts";
import { applyModel, goodFile } from "../load/project.ts";
import type { DropCost, History, TrainingCost } from "../results.ts";
import { executionsIn, type LogLine } from "../seen/logs.ts";
import { type RequestCount, requestsBetween, sumOf } from "../seen/requests.ts";
import { areQueuesIdle } from "../seen/rest.ts";
import type { Stack } from "../stack/stack.ts";

export interface HistoryOptions {
  /** How many drops the models have had before, rising. */
  readonly levels: readonly number[];
  /** Drops of each model that are measured; one more before them warms up. */
  readonly drops: number;
  /** Models that have had more drops are not trained: a run copies and judges by every batch. */
  readonly mostTrainedOn: number;
  readonly trainingLimitMs: number;
}

type Sample = Omit<DropCost, "earlier">;

const lookEveryMs = 50;
const dropLimitMs = 120_000;

/** By where bytes go and come from. */
function bytesBySide(requests: readonly RequestCount[]): Readonly<Record<string, number>> {
  const bytes: Record<string, number> = {};
  const add = (side: string, count: number): void => {
    if (count > 0) bytes[side] = (bytes[side] ?? 0) + count;
  };
  for (const { service, target, container, sent, received } of requests) {
    add(`${service} writes ${container || target}`, sent);
    add(`${service} reads ${container || target}`, received);
  }
  return bytes;
}

/** By who asks what of where. */
function requestsByKind(requests: readonly RequestCount[]): Readonly<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (const { service, target, operation, container, status, count } of requests) {
    const kind = `${service}: ${operation} ${container || target}${status < 400 ? "" : ` (${status})`}`;
    kinds[kind] = (kinds[kind] ?? 0) + count;
  }
  return kinds;
}

/** Drops one file, and waits until it is admitted and recorded and nothing goes on. */
async function dropOne(stack: Stack, model: string, seed: number): Promise<Sample> {
  await stack.logs.read();
  const before = await stack.requests();
  const file = `${model}/measured/${seed}.csv`;
  const content = goodFile(seed);
  await stack.deployment.container("drops").getBlockBlobClient(file).upload(content, content.length);
  const uploadedAt = Date.now();
  const lines: LogLine[] = [];
  const isExecuted = (name: string): boolean =>
    lines.some(({ functionName, message }) => functionName === name && message.startsWith("Executed "));
  for (;;) {
    lines.push(...(await stack.logs.read()));
    if (isExecuted("data-dropped") && isExecuted("run-ledger") && (await areQueuesIdle(stack))) break;
    if (Date.now() > uploadedAt + dropLimitMs)
      throw new Error(`${file} was not taken in within ${dropLimitMs / 1000} s`);
    await delay(lookEveryMs);
  }
  lines.push(...(await stack.logs.read()));
  const admitted = lines.find(({ message }) => message.startsWith(`admitted ${file} `));
  if (!admitted) throw new Error(`${file} was not admitted`);
  const requests = requestsBetween(before, await stack.requests());
  const executions = Object.entries(executionsIn(lines)).filter(([name]) => !isTimer(name));
  return {
    milliseconds: admitted.at - uploadedAt,
    messages: executions.reduce((sum, [, { count }]) => sum + count, 0),
    requests: sumOf(requests).count,
    sent: sumOf(requests).sent,
    received: sumOf(requests).received,
    bytes: bytesBySide(requests),
    kinds: requestsByKind(requests),
  };
}

const isTimer = (name: string): boolean => name.startsWith("sweep-") || name === "schedule";

/** The median of several drops, each value by itself: sweeps come in between now and then. */
function medianOf(earlier: number, samples: readonly Sample[]): DropCost {
  const of = (value: (sample: Sample) => number): number => median(samples.map(value));
  const each = (values: (sample: Sample) => Readonly<Record<string, number>>): Record<string, number> => {
    const names = [...new Set(samples.flatMap((sample) => Object.keys(values(sample))))].sort();
    const medians = names.map((name): [string, number] => [name, of((sample) => values(sample)[name] ?? 0)]);
    return Object.fromEntries(medians.filter(([, value]) => value > 0));
  };
  return {
    earlier,
    milliseconds: of(({ milliseconds }) => milliseconds),
    messages: of(({ messages }) => messages),
    requests: of(({ requests }) => requests),
    sent: of(({ sent }) => sent),
    received: of(({ received }) => received),
    bytes: each(({ bytes }) => bytes),
    kinds: each(({ kinds }) => kinds),
  };
}

/** Waits until a run has ended and was judged. Files that wait for their quiet period do so still. */
async function untilTrained(stack: Stack, model: string, deadline: number): Promise<boolean> {
  while (Date.now() < deadline) {
    const slot = await readTrainingSlot(stack.deployment, model);
    if (slot?.last && !slot.running && (await areQueuesIdle(stack))) return true;
    await delay(lookEveryMs);
  }
  return false;
}

async function trainOn(stack: Stack, model: string, limitMs: number): Promise<TrainingCost> {
  const before = await stack.requests();
  const begun = Date.now();
  const { batches, through } = await askForTraining(stack.deployment, model);
  const ended = await untilTrained(stack, model, begun + limitMs);
  return {
    batches,
    seconds: (Date.now() - begun) / 1000,
    requests: sumOf(requestsBetween(before, await stack.requests())).count,
    commandBytes: Buffer.byteLength(JSON.stringify({ model, through, reason: "request" })),
    ended,
  };
}

/**
 * What a drop, and a training, cost a model that has had many drops before.
 * @param onResult told of all that is known so far.
 */
export async function history(
  stack: Stack,
  { levels, drops, mostTrainedOn, trainingLimitMs }: HistoryOptions,
  progress: (text: string) => void,
  onResult: (history: History) => void,
): Promise<void> {
  const models = levels.map((earlier) => ({ earlier, model: `after-${earlier}`, samples: [] as Sample[] }));
  for (const { earlier, model } of models) {
    await applyModel(stack, model, { quietPeriod: "12h", maxWait: "1d" });
    await writeHistory(stack.deployment, model, earlier);
    progress(`${model} has had ${earlier} drops`);
  }
  // Models take turns; the first drop of each warms up and does not count.
  for (let round = 0; round <= drops; round += 1)
    for (const { earlier, model, samples } of models) {
      const sample = await dropOne(stack, model, earlier + round);
      if (round > 0) samples.push(sample);
    }
  const costs = models.map(({ earlier, samples }) => medianOf(earlier, samples));
  for (const { earlier, milliseconds, requests, sent, received } of costs)
    progress(`after ${earlier}: ${milliseconds} ms, ${requests} requests, ${sent} bytes written, ${received} read`);
  const trainings: TrainingCost[] = [];
  onResult({ drops: costs, trainings });
  for (const { earlier, model } of models) {
    if (earlier > mostTrainedOn) continue;
    const cost = await trainOn(stack, model, trainingLimitMs);
    trainings.push(cost);
    onResult({ drops: costs, trainings });
    progress(`training of ${model}: ${cost.seconds} s, ${cost.requests} requests, ended: ${cost.ended}`);
  }
}
