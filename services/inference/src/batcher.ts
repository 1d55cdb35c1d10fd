import { setImmediate } from "node:timers";
import { concatRows, rowsOf, sliceRows } from "./rows.ts";
import type { LoadedModel, Tensors } from "./session.ts";

/** A request on its way through the model, in parts of at most a batch. */
interface Job {
  readonly inputs: Tensors;
  readonly rows: number;
  readonly key: string;
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
  mapTensors(list[0], (name) => concatRows(list.map((tensors) => tensorOf(tensors, name))));

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
  const counts = new Set(Object.values(inputs).map(rowsOf));
  const [rows] = counts;
  return counts.size === 1 ? rows : undefined;
}

/**
 * Runs requests that arrive in one turn of the event loop as one batch of at most `maxRows`; a larger request goes
 * through in parts, so that it holds up nobody for long. No timer: a lone request waits for nothing. A batch that
 * fails is run again request by request, so that a request fails only by itself.
 */
export function createBatcher(model: LoadedModel, maxRows = 32): (inputs: Tensors) => Promise<Tensors> {
  if (!takesBatches(model)) return (inputs) => model.run(inputs);
  const waiting: Job[] = [];
  let running = false;

  /** The next batch: parts of the oldest job and of those that fit with it. */
  function takeBatch(): readonly Part[] {
    const key = waiting[0]?.key;
    const parts: Part[] = [];
    let room = maxRows;
    for (const job of waiting) {
      if (room === 0) break;
      if (job.key !== key) continue;
      const to = Math.min(job.rows, job.next + room);
      parts.push({ job, from: job.next, to });
      room -= to - job.next;
      job.next = to;
    }
    for (let index = waiting.length - 1; index >= 0; index -= 1) {
      const job = waiting[index];
      if (job && job.next === job.rows) waiting.splice(index, 1);
    }
    return parts;
  }

  function finish(job: Job, outputs: Tensors, to: number): void {
    job.parts.push(outputs);
    const [first, ...rest] = job.parts;
    if (to === job.rows && first) job.resolve(concat([first, ...rest]));
  }

  function fail(job: Job, error: unknown): void {
    const index = waiting.indexOf(job);
    if (index >= 0) waiting.splice(index, 1);
    job.reject(error);
  }

  /**
   * @throws {Error} when the model fails.
   * @throws {RangeError} when it does not answer row by row.
   */
  async function run(inputs: Tensors, rows: number): Promise<Tensors> {
    const outputs = await model.run(inputs);
    for (const [name, tensor] of Object.entries(outputs))
      if (rowsOf(tensor) !== rows) throw new RangeError(`output ${name} has ${rowsOf(tensor)} rows for ${rows} rows`);
    return outputs;
  }

  async function runAlone({ job, from, to }: Part): Promise<void> {
    try {
      finish(job, await run(slice(job.inputs, from, to), to - from), to);
    } catch (error) {
      fail(job, error);
    }
  }

  async function runBatch(parts: readonly Part[]): Promise<void> {
    const [first, ...rest] = parts.map(({ job, from, to }) => slice(job.inputs, from, to));
    if (!first) return;
    let outputs: Tensors;
    try {
      outputs = await run(
        concat([first, ...rest]),
        parts.reduce((rows, { from, to }) => rows + to - from, 0),
      );
    } catch (error) {
      const [only] = parts;
      if (parts.length === 1 && only) fail(only.job, error);
      else for (const part of parts) await runAlone(part);
      return;
    }
    let row = 0;
    for (const { job, from, to } of parts) {
      finish(job, slice(outputs, row, row + to - from), to);
      row += to - from;
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      await runBatch(takeBatch());
      // Let others in between two batches.
      await new Promise((resolve) => setImmediate(resolve));
    }
    running = false;
  }

  return (inputs) => {
    const rows = rowCount(inputs);
    if (rows === undefined) return model.run(inputs);
    return new Promise((resolve, reject) => {
      waiting.push({ inputs, rows, key: keyOf(inputs), next: 0, parts: [], resolve, reject });
      if (running) return;
      running = true;
      setImmediate(() => void drain());
    });
  };
}
