import { Worker } from "node:worker_threads";
import type { ReleaseManifest } from "@ratchet/contracts";
import type { NamedModel } from "../by-name/columns.ts";
import type { Stop } from "../model/batcher.ts";
import type { Predict, PredictRequest } from "../predict.ts";
import { InferenceError, tooBusy, unavailable } from "../protocol/errors.ts";
import type { FromThread, ThreadData } from "./messages.ts";

interface PoolOptions {
  /** The file that a thread runs: it calls `workAsThread`. */
  readonly file: URL;
  readonly manifest: ReleaseManifest;
  readonly named: NamedModel | undefined;
  readonly onnx: Uint8Array;
  /** How many threads there may be; each is started when all others have work. */
  readonly threads: number;
  /** How many requests may wait for one. */
  readonly waiting: number;
  readonly mostRows: number;
}

export interface Pool {
  readonly predict: Predict;
  /** How many requests wait for a thread. */
  waiting(): number;
  close(): Promise<void>;
}

type Answer = Awaited<ReturnType<Predict>>;

interface Job {
  readonly request: PredictRequest;
  readonly stop: Stop | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly given: Int32Array;
  /** Whether it has the model loaded. */
  ready: boolean;
  job: Job | undefined;
  watch: NodeJS.Timeout | undefined;
}

/** What a thread's own objects may take, in MiB: JSON of 64 MiB can be made to come to gigabytes. */
const heapMegabytes = 1_024;

/** How often it is seen whether a request is still waited for, in milliseconds. */
const watchEvery = 100;

/** Bytes as memory of their own, which can change hands. */
function ownBytes(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole =
    body.byteOffset === 0 && body.byteLength === body.buffer.byteLength && body.buffer instanceof ArrayBuffer;
  return whole ? (body as Uint8Array<ArrayBuffer>) : new Uint8Array(body);
}

/**
 * Threads that work on large requests, so that the event loop does not: each has the model loaded, and takes one request after
 * the other. One that ends, for want of memory say, fails the request that it had, and another takes its place.
 */
export function createPool(options: PoolOptions): Pool {
  const onnx = new SharedArrayBuffer(options.onnx.byteLength);
  new Uint8Array(onnx).set(options.onnx);
  const threads = new Set<Thread>();
  const waiting: Job[] = [];

  function finish(thread: Thread): Job | undefined {
    const { job } = thread;
    clearInterval(thread.watch);
    thread.job = undefined;
    Atomics.store(thread.given, 0, 0);
    return job;
  }

  function heard(thread: Thread, message: FromThread): void {
    if (message.kind === "ready") thread.ready = true;
    else {
      const job = finish(thread);
      if (message.kind === "answer") job?.resolve(message.answer);
      else job?.reject(new InferenceError(message.status, message.message, message.headers));
    }
    next(thread);
  }

  function ended(thread: Thread, why: string): void {
    if (!threads.delete(thread)) return;
    const error = unavailable(`the request could not be worked on: ${why}`);
    finish(thread)?.reject(error);
    // What waits must not wait for one that is gone, nor for ever for one that cannot even begin.
    if (!thread.ready) for (const job of waiting.splice(0)) job.reject(error);
    else if (waiting.length > 0 && threads.size === 0) start();
  }

  function start(): void {
    const given = new Int32Array(new SharedArrayBuffer(4));
    const { manifest, named, mostRows } = options;
    const data: ThreadData = { kind: "ratchet-inference", manifest, named, onnx, mostRows, given };
    const worker = new Worker(options.file, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    // It must not keep a process that has nothing else to do.
    worker.unref();
    const thread: Thread = { worker, given, ready: false, job: undefined, watch: undefined };
    threads.add(thread);
    worker.on("message", (message: FromThread) => heard(thread, message));
    worker.on("error", (error) => ended(thread, error instanceof Error ? error.message : String(error)));
    worker.on("exit", () => ended(thread, "its thread ended"));
  }

  function next(thread: Thread): void {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const stopped = job.stop?.();
      if (stopped) {
        job.reject(stopped);
        continue;
      }
      give(thread, job);
      return;
    }
  }

  function give(thread: Thread, job: Job): void {
    thread.job = job;
    thread.watch = setInterval(() => {
      const stopped = job.stop?.();
      if (!stopped) return;
      // The thread sees it between two runs, and is free then; who waits need not wait for that.
      Atomics.store(thread.given, 0, 1);
      job.reject(stopped);
    }, watchEvery).unref();
    const body = ownBytes(job.request.body);
    thread.worker.postMessage({ ...job.request, body }, [body.buffer]);
  }

  return {
    waiting: () => waiting.length,
    predict: (request, stop) => {
      if (waiting.length >= options.waiting)
        return Promise.reject(tooBusy(`${waiting.length} large requests wait already`));
      return new Promise((resolve, reject) => {
        const job: Job = { request, stop, resolve, reject };
        const idle = [...threads].find((thread) => thread.ready && !thread.job);
        waiting.push(job);
        if (idle) next(idle);
        else if (threads.size < options.threads) start();
      });
    },
    close: async () => {
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}
