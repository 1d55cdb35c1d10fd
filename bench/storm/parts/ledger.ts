import { runCommandLine } from "@ratchet/cli/command-line";
import { dataAdmitted, keptEnvelope, type ModelView, modelView, paths } from "@ratchet/contracts";
import { atATime } from "@ratchet/state";
import { connectConsole } from "../load/console.ts";
import { applyModel } from "../load/project.ts";
import type { LedgerCost } from "../results.ts";
import { requestsBetween, sumOf } from "../seen/requests.ts";
import type { Stack } from "../stack/stack.ts";

export interface LedgerOptions {
  /** How many events there are at each look, rising. */
  readonly levels: readonly number[];
  readonly models: number;
  readonly eventsPerDay: number;
  /** Longer records are not made anew: each event is read, and the console's functions end after five minutes. */
  readonly mostRebuilt: number;
}

const dayMs = 86_400_000;
const firstDay = Date.parse("2026-01-01T00:00:00.000Z");
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

const timeAt = (index: number, { eventsPerDay }: LedgerOptions): Date =>
  new Date(firstDay + Math.floor((index / eventsPerDay) * dayMs));

/** The n-th event, as the console would keep it. */
function eventAt(index: number, options: LedgerOptions) {
  const time = timeAt(index, options);
  const model = `kept-${index % options.models}`;
  const data = {
    model,
    batch: hex(index, 16),
    file: `${model}/${hex(index, 8)}.csv`,
    contentSha256: hex(index, 64),
    bytes: 1_000,
    rows: { train: 10, holdout: 10 },
  };
  return dataAdmitted.build(data, { source: "data-watcher", time, cause: `event ${index}` });
}

/** A model's view, as the console has it after so many events. */
function viewAfter(events: number, number: number, options: LedgerOptions): ModelView {
  const model = `kept-${number}`;
  const batches: Record<string, ModelView["batches"][string]> = {};
  for (let index = number; index < events; index += options.models)
    batches[hex(index, 16)] = {
      file: `${model}/${hex(index, 8)}.csv`,
      train: 10,
      holdout: 10,
      at: timeAt(index, options).toISOString(),
    };
  return { model, batches, refusals: {}, runs: {}, verdicts: {}, releases: {} };
}

const dayOf = (index: number, { eventsPerDay }: LedgerOptions): string =>
  new Date(firstDay + Math.floor(index / eventsPerDay) * dayMs).toISOString().slice(0, 10);

/**
 * What it costs to read the record of events, the longer it is.
 * @param onLevel told of all costs so far whenever the record is so long.
 */
export async function ledger(
  stack: Stack,
  options: LedgerOptions,
  progress: (text: string) => void,
  onLevel: (costs: readonly LedgerCost[]) => void,
): Promise<void> {
  const documents = stack.deployment.documents("ledger");
  const client = await connectConsole(stack.deployment);
  await applyModel(stack, "kept-0", { quietPeriod: "1h" });
  const costs: LedgerCost[] = [];
  let there = 0;
  for (const events of options.levels) {
    const more = Array.from({ length: events - there }, (_, index) => there + index);
    await atATime(32, more, async (index) => {
      const event = eventAt(index, options);
      const path = `events/${event.time.slice(0, 10)}/${event.time}-${event.id}.json`;
      await documents.write(path, keptEnvelope, event, "any");
    });
    const numbers = Array.from({ length: options.models }, (_, number) => number);
    await atATime(32, numbers, async (number) => {
      const view = viewAfter(events, number, options);
      await documents.write(paths.modelView(view.model), modelView, view, "any");
    });
    there = events;
    progress(`${events} events are kept`);
    costs.push(await readLedger(stack, client, events, options, progress));
    onLevel(costs);
  }
}

async function readLedger(
  stack: Stack,
  client: Awaited<ReturnType<typeof connectConsole>>,
  events: number,
  options: LedgerOptions,
  progress: (text: string) => void,
): Promise<LedgerCost> {
  const consoleBefore = (await stack.memory.now())["console"] ?? 0;
  stack.memory.takePeak();
  const reads: LedgerCost["reads"][number][] = [];
  const measure = async (
    what: string,
    read: () => Promise<{ readonly milliseconds: number; readonly bytes: number }>,
  ) => {
    const before = await stack.requests();
    const { milliseconds, bytes: answerBytes } = await read();
    const requests = sumOf(
      requestsBetween(before, await stack.requests()),
      ({ service }) => service === "console",
    ).count;
    reads.push({ what, milliseconds, requests, answerBytes });
    progress(`${what}: ${Math.round(milliseconds)} ms, ${requests} requests, ${answerBytes} bytes`);
  };
  const ask = async (method: "GET" | "POST", path: string) => {
    const answer = await client.ask(method, path);
    if (answer.status !== 200) throw new Error(`the console has answered ${method} ${path} with ${answer.status}`);
    return answer;
  };
  const day = dayOf(events - 1, options);
  await measure("GET /api/status", () => ask("GET", "status"));
  await measure("GET /api/models/{model}", () => ask("GET", "models/kept-0"));
  await measure("GET /api/events/{day}", () => ask("GET", `events/${day}`));
  await measure("ratchet status", async () => {
    const begun = performance.now();
    const { code, output, errors } = await runCommandLine(["--folder", stack.folder, "status", "--json"]);
    if (code !== 0) throw new Error(`ratchet status has ended with ${code}: ${errors}`);
    return { milliseconds: performance.now() - begun, bytes: Buffer.byteLength(output) };
  });
  if (events <= options.mostRebuilt) await measure("POST /api/rebuild", () => ask("POST", "rebuild"));
  return {
    events,
    models: options.models,
    reads,
    consoleBefore,
    consolePeak: stack.memory.takePeak()["console"] ?? consoleBefore,
  };
}
