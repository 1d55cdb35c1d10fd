import { ArmError } from "@local-azure/resource-manager";
import { after, parseDuration } from "../duration.ts";
import { userError } from "../fields.ts";
import { hasEnded, type JobProperties, type JobStatus, parseJob } from "./job.ts";
import type { Job, JobRecords } from "./job-records.ts";
import type { JobEnd, StopReason } from "./run-job.ts";
import { createSlots } from "./slots.ts";

interface JobsOptions {
  readonly records: JobRecords;
  /** How many jobs each compute runs at a time. */
  readonly computes: ReadonlyMap<string, number>;
  /** @throws {ArmError} when the job refers to what does not exist. */
  check(properties: JobProperties): void;
  run(job: Job, signal: AbortSignal, onFinalizing: () => void): Promise<JobEnd>;
}

export interface Jobs {
  put(name: string, body: unknown): { readonly created: boolean; readonly job: Job };
  /** Asks a job to end and tells when it has; undefined for a job that had ended before. */
  cancel(job: Job): { readonly ended: Promise<void> } | undefined;
  delete(name: string): boolean;
  /** Takes up what a workspace before this one has left: waiting jobs wait again, running ones have failed. */
  resume(): void;
  /** Stops what runs, and leaves the records as they stand for the next to resume. */
  close(): Promise<void>;
}

interface ActiveJob {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Where a job goes that names no compute. */
export const serverless = "serverless";
const notRunning: readonly JobStatus[] = ["NotStarted", "Starting", "Preparing", "Queued"];

/** Runs jobs: each through Azure's statuses, so many at a time as its compute has places, stoppable at any moment. */
export function createJobs({ records, computes, check, run }: JobsOptions): Jobs {
  const active = new Map<string, ActiveJob>();
  const slots = new Map([...computes].map(([name, count]) => [name.toLowerCase(), createSlots(count)]));

  const requestStop = (job: Job, stop: AbortController, reason: StopReason) => {
    if (stop.signal.aborted) return;
    records.advance(job, "CancelRequested");
    stop.abort(reason);
  };
  const work = async (job: Job, stop: AbortController): Promise<void> => {
    for (const status of ["Starting", "Preparing", "Queued"] as const) records.advance(job, status);
    const release = await slots.get(computeOf(job.properties))?.take(stop.signal);
    const timeout = parseDuration(job.properties.limits?.timeout ?? "");
    const disarm = timeout === undefined ? undefined : after(timeout, () => requestStop(job, stop, "timeout"));
    try {
      records.advance(job, "Running");
      const end = await run(job, stop.signal, () => records.advance(job, "Finalizing"));
      if (!isShutdown(stop.signal)) records.end(job, end);
    } finally {
      disarm?.();
      release?.();
    }
  };
  const start = (job: Job) => {
    const stop = new AbortController();
    // In a later turn, so that the client's answer shows the job as it was accepted.
    const ended = new Promise((resolve) => setImmediate(resolve))
      .then(() => work(job, stop))
      .catch((error: unknown) => {
        if (!isShutdown(stop.signal)) records.end(job, endedBy(error, stop.signal));
      })
      .finally(() => active.delete(job.name));
    active.set(job.name, { stop, ended });
  };

  return {
    put(name, body) {
      const properties = parseJob(name, body);
      const existing = records.get(name);
      if (existing) return { created: false, job: records.amend(existing, properties) };
      if (!slots.has(computeOf(properties))) {
        throw userError(
          `The compute '${computeOf(properties)}' does not exist; there is ${[...slots.keys()].join(", ")}.`,
        );
      }
      check(properties);
      const job = records.create(name, properties);
      start(job);
      return { created: true, job };
    },
    cancel(job) {
      const running = active.get(job.name);
      if (!running || hasEnded(job.properties.status)) return undefined;
      requestStop(job, running.stop, "cancel");
      return running;
    },
    delete(name) {
      if (active.has(name)) throw new ArmError(409, "Conflict", `The job '${name}' has not ended; cancel it first.`);
      return records.delete(name);
    },
    resume() {
      for (const job of [...records.list()].reverse()) {
        const { status } = job.properties;
        if (notRunning.includes(status)) start(job);
        else if (!hasEnded(status)) records.end(job, leftRunning[status === "CancelRequested" ? "canceled" : "failed"]);
      }
    },
    async close() {
      const running = [...active.values()];
      for (const { stop } of running) stop.abort("shutdown" satisfies StopReason);
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}

const leftRunning = {
  canceled: { status: "Canceled", code: "Canceled", message: "The job was canceled; its workspace stopped meanwhile." },
  failed: {
    status: "Failed",
    code: "WorkspaceStopped",
    message: "The local workspace stopped while the job ran, and the job with it. Submit it again under another name.",
  },
} as const;

function endedBy(error: unknown, signal: AbortSignal): JobEnd {
  if (signal.aborted) return { status: "Canceled", code: "Canceled", message: "The job was canceled before it ran." };
  return { status: "Failed", code: "InternalError", message: error instanceof Error ? error.message : String(error) };
}

function isShutdown(signal: AbortSignal): boolean {
  return signal.reason === ("shutdown" satisfies StopReason);
}

/** `…/computes/<name>`, `azureml:<name>` or the name itself; compared without regard to case. */
function computeOf({ computeId }: JobProperties): string {
  return (computeId ?? serverless).replace(/^.*[/:]/, "").toLowerCase();
}
