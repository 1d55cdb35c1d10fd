import { setImmediate } from "node:timers";
import { tooBusy } from "../protocol/errors.ts";
import type { Tensors } from "../protocol/tensors.ts";
import { concatRows, rowsOf, sliceRows } from "./rows.ts";
import type { LoadedModel } from "./session.ts";

/** Why a request need not be worked on any more: its time is over, or nobody waits for it. Undefined while it has to be. */
export type Stop = () => Error | undefined;

export type Infer = (inputs: Tensors, stop?: Stop) => Promise<Tensors>;

interface BatcherOptions {
  /** The most rows of one run. */
  readonly maxRows?: number;
  /** The most requests that wait. */
  readonly waiting?: number;
  /** Told of each run. */
  readonly onRun?: (rows: number, requests: number) => void;
}

/** A request on its way through the model, in parts of at most a batch. */
interface Job {
  readonly inputs: Tensors;
  readonly rows: number;
  /** What requests must agree in to share a batch; undefined where the model has to see this one whole and alone. */
  readonly key: string | undefined;
  readonly stop: Stop | undefined;
  next: number;
  readonly parts: Tensors[];
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: unknown) => void;
}

interface Part {
  readonly job: Job;
  readonly from: number;
  readonly to: number;
}

const mapTensors = (tensors: Tensors, change: (name: string) => Tensors[string]): Tensors =>
  Object.fromEntries(Object.keys(tensors).map((name) => [name, change(name)]));

const tensorOf = (tensors: Tensors, name: string): Tensors[string] => {
  const tensor = tensors[name];
  if (!tensor) throw new RangeError(`there is no tensor ${name}`);
  return tensor;
};

const slice = (tensors: Tensors, from: number, to: number): Tensors =>
  mapTensors(tensors, (name) => sliceRows(tensorOf(tensors, name), from, to));

const concat = (list: readonly [Tensors, ...Tensors[]]): Tensors =>
  list.length === 1
    ? list[0]
    : mapTensors(list[0], (name) => concatRows(list.map((tensors) => tensorOf(tensors, name))));

/** Inputs may share a batch when they agree in everything but the number of rows. */
const keyOf = (inputs: Tensors): string =>
  Object.keys(inputs)
    .sort()
    .map((name) => `${name}:${tensorOf(inputs, name).shape.slice(1).join("x")}`)
    .join(";");

/** Whether the model computes each row for itself: every tensor's first dimension is the batch. */
const takesBatches = ({ inputs, outputs }: LoadedModel): boolean =>
  [...inputs, ...outputs].every(({ shape }) => shape[0] === -1);

/** The rows of a request; undefined where its inputs disagree, so that the model has to see it whole. */
function rowCount(inputs: Tensors): number | undefined {
  let rows: number | undefined;
  for (const tensor of Object.values(inputs)) {
    if (rows !== undefined && rowsOf(tensor) !== rows) return undefined;
    rows = rowsOf(tensor);
  }
  return rows;
}

/**
 * Runs requests that arrive in one turn of the event loop as one batch of at most `maxRows`; a larger request goes
 * through in parts, and between two of them lets all others go first. No timer: a lone request waits for nothing. A batch
 * that fails is run again request by request, so that a request fails only by itself. What need not be worked on any more
 * is dropped when its turn comes, and who would wait behind too many is refused (429).
 */
export function createBatcher(model: LoadedModel, options: BatcherOptions = {}): Infer {
  const { maxRows = 32, waiting: mostWaiting = Number.POSITIVE_INFINITY, onRun } = options;
  const batched = takesBatches(model);
  let waiting: Job[] = [];
  let running = false;

  /** The next batch: parts of the oldest job and of those that fit with it. */
  function takeBatch(): readonly Part[] {
    const parts: Part[] = [];
    const passed: Job[] = [];
    const begun: Job[] = [];
    let room = maxRows;
    let index = 0;
    for (; index < waiting.length && room > 0; index += 1) {
      const job = waiting[index] as Job;
      const stopped = job.stop?.();
      const [first] = parts;
      if (stopped) job.reject(stopped);
      else if (!first && job.key === undefined) {
        parts.push({ job, from: 0, to: job.rows });
        room = 0;
      } else if (job.key === undefined || (first && first.job.key !== job.key)) passed.push(job);
      else {
        const to = Math.min(job.rows, job.next + room);
        parts.push({ job, from: job.next, to });
        room -= to - job.next;
        job.next = to;
        if (to < job.rows) begun.push(job);
      }
    }
    waiting = [...passed, ...waiting.slice(index), ...begun];
    return parts;
  }

  function finish(job: Job, outputs: Tensors, to: number): void {
    job.parts.push(outputs);
    const [first, ...rest] = job.parts;
    if (to === job.rows && first) job.resolve(concat([first, ...rest]));
  }

  function fail(job: Job, error: unknown): void {
    waiting = waiting.filter((other) => other !== job);
    job.reject(error);
  }

  /**
   * @throws {Error} when the model fails.
   * @throws {RangeError} when it does not answer row by row.
   */
  async function run(inputs: Tensors, rows: number, requests: number): Promise<Tensors> {
    onRun?.(rows, requests);
    const outputs = await model.run(inputs);
    for (const [name, tensor] of Object.entries(outputs))
      if (rowsOf(tensor) !== rows) throw new RangeError(`output ${name} has ${rowsOf(tensor)} rows for ${rows} rows`);
    return outputs;
  }

  async function runWhole(job: Job): Promise<void> {
    onRun?.(job.rows, 1);
    try {
      job.resolve(await model.run(job.inputs));
    } catch (error) {
      job.reject(error);
    }
  }

  async function runAlone({ job, from, to }: Part): Promise<void> {
    try {
      finish(job, await run(slice(job.inputs, from, to), to - from, 1), to);
    } catch (error) {
      fail(job, error);
    }
  }

  async function runBatch(parts: readonly Part[]): Promise<void> {
    const [only, ...others] = parts;
    if (!only) return;
    if (only.job.key === undefined) return runWhole(only.job);
    if (others.length === 0) return runAlone(only);
    const [first, ...rest] = parts.map(({ job, from, to }) => slice(job.inputs, from, to));
    if (!first) return;
    let outputs: Tensors;
    try {
      const rows = parts.reduce((sum, { from, to }) => sum + to - from, 0);
      outputs = await run(concat([first, ...rest]), rows, parts.length);
    } catch {
      for (const part of parts) await runAlone(part);
      return;
    }
    let row = 0;
    for (const { job, from, to } of parts) {
      finish(job, slice(outputs, row, row + to - from), to);
      row += to - from;
    }
  }

  async function drain(): Promise<void> {
    // Each run begins in a turn of its own, so others get in between two.
    while (waiting.length > 0) await runBatch(takeBatch());
    running = false;
  }

  return (inputs, stop) => {
    const rows = batched ? rowCount(inputs) : undefined;
    if (waiting.length >= mostWaiting)
      return Promise.reject(tooBusy(`${waiting.length} requests wait for the model already`));
    return new Promise((resolve, reject) => {
      const key = rows === undefined ? undefined : keyOf(inputs);
      waiting.push({ inputs, rows: rows ?? 1, key, stop, next: 0, parts: [], resolve, reject });
      if (running) return;
      running = true;
      setImmediate(() => void drain());
    });
  };
}
