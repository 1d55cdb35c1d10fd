import { azureEvents, doneFileName, type Envelope, modelTags, paths } from "@ratchet/contracts";
import type { Registry } from "@ratchet/evaluator";
import type { JobView, Workspace } from "@ratchet/training-runner";
import type { Clock } from "../engine/clock.ts";
import type { Effects } from "../engine/effects.ts";
import { type Effect, SimulatedRestError } from "../engine/faults.ts";
import type { Random } from "../engine/random.ts";
import { standInModel } from "./stand-in-model.ts";
import type { Storage } from "./storage.ts";

interface Job {
  readonly name: string;
  /** The model that it trains. */
  readonly model: string;
  readonly timeout: number | undefined;
  status: string;
  error?: string;
}

interface RegisteredVersion {
  readonly name: string;
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly registeredAt: number;
}

/** An Azure ML workspace, as small as can be: jobs that go from queue to end, and a registry. */
export interface MachineLearning {
  /** The workspace as the process that runs now sees it. */
  readonly workspace: Workspace;
  /** Its registry, as the evaluator reads it. */
  readonly registry: Registry;
  readonly jobs: ReadonlyMap<string, Readonly<Job>>;
  readonly models: readonly RegisteredVersion[];
  /** Registers a model as somebody else does. */
  register(version: Omit<RegisteredVersion, "registeredAt">): void;
  /** The version that the registry would give next under a name. */
  nextVersion(name: string): number;
  /** Whether jobs end well from now on: neither stuck, nor preempted, nor failing. */
  calm: boolean;
}

interface MachineLearningOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly effects: Effects;
  readonly storage: Storage;
  readonly onEvent: (event: Envelope) => void;
  /** Hears of every job that begins to run or ends. */
  readonly onJob: (job: Readonly<Job>) => void;
  readonly noteFault: (what: string) => void;
}

const second = 1000;
const minute = 60 * second;

const ended = new Set(["Completed", "Failed", "Canceled"]);
export const hasEnded = ({ status }: Pick<Job, "status">): boolean => ended.has(status);

const milliseconds = (iso: string | undefined): number | undefined => {
  const seconds = /^PT(\d+)S$/.exec(iso ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds) * second;
};

export function createMachineLearning(options: MachineLearningOptions): MachineLearning {
  const { clock, random, effects, storage, onEvent, onJob, noteFault } = options;
  const jobs = new Map<string, Job>();
  const assets = new Set<string>();
  const models: RegisteredVersion[] = [];
  let events = 0;

  function raise(type: string, subject: string, data: object): void {
    events += 1;
    const id = `ml-${events}`;
    const time = new Date(clock.now).toISOString();
    onEvent({ specversion: "1.0", id, source: "/workspaces/simulated", type, subject, time, data });
  }

  function become(job: Job, status: string): void {
    if (hasEnded(job)) return;
    job.status = status;
    onJob(job);
    const subject = `experiments/${job.model}/runs/${job.name}`;
    raise(azureEvents.runStatusChanged, subject, { runId: job.name, runStatus: status });
    if (status === "Completed") raise(azureEvents.runCompleted, subject, { runId: job.name });
  }

  function leaveOutput(job: Job, exitCode: number): void {
    storage.put("outputs", paths.runLog(job.name), `metric accuracy=0.9\nexit ${exitCode}\n`);
    storage.put(
      "outputs",
      `${paths.runDoneFolder(job.name)}/${doneFileName}`,
      JSON.stringify({ runId: job.name, exitCode }),
    );
  }

  /** Runs to its end, in one of the ways in which jobs end. */
  function train(job: Job): void {
    if (hasEnded(job)) return;
    become(job, "Running");
    const lasts = random.span(20 * second, 40 * minute);
    const fate = machineLearning.calm ? 9 : random.int(0, 9);
    if (fate === 0) {
      noteFault(`${job.name} is preempted`);
      clock.after(lasts / 2, () => become(job, "Canceled"));
      return;
    }
    if (fate === 1) {
      noteFault(`${job.name} fails`);
      clock.after(lasts, () => {
        if (hasEnded(job)) return;
        leaveOutput(job, 1);
        job.error = "exit code 1";
        become(job, "Failed");
      });
      return;
    }
    clock.after(lasts, () => {
      if (hasEnded(job)) return;
      const diverged = !machineLearning.calm && random.chance(0.05);
      if (diverged) noteFault(`${job.name} diverges`);
      const model = {
        quality: random.int(50, 98) / 100,
        salt: random.int(1, 1_000_000),
        ...(diverged ? { diverged } : {}),
      };
      storage.put("outputs", paths.runModel(job.name), standInModel(model));
      leaveOutput(job, 0);
      become(job, "Finalizing");
      clock.after(random.span(second, 20 * second), () => become(job, "Completed"));
    });
  }

  function submit(job: Job): void {
    jobs.set(job.name, job);
    become(job, "Queued");
    if (!machineLearning.calm && random.chance(0.05)) {
      noteFault(`${job.name} stays in its queue`);
      clock.after(random.span(3 * 60 * minute, 30 * 60 * minute), () => train(job));
    } else clock.after(random.span(second, 5 * minute), () => train(job));
  }

  const viewOf = ({ status, timeout, error }: Job): JobView => ({ status, timeout, error, studioUrl: undefined });

  const effect = (what: string, reads = false): Effect => ({
    system: "machine-learning",
    scope: "workspace",
    what,
    reads,
  });
  const putAsset = (kind: string, name: string, version: string): Promise<string> =>
    effects.perform(effect(`puts the ${kind} ${name}:${version}`), () => {
      assets.add(`${kind}/${name}/${version}`);
      return `/workspaces/simulated/${kind}/${name}/versions/${version}`;
    });

  const found = (name: string, version: string): RegisteredVersion | undefined =>
    models.find((model) => model.name === name && model.version === version);
  const nextVersion = (name: string): number =>
    1 + models.reduce((most, model) => (model.name === name ? Math.max(most, Number(model.version) || 0) : most), 0);

  const workspace: Workspace = {
    putEnvironment: (name, version) => putAsset("environment", name, version),
    computeId: (name) => `/workspaces/simulated/computes/${name}`,
    putJob: (runId, { experimentName, limits }) =>
      effects.perform(effect(`submits the job ${runId}`), () => {
        const job = jobs.get(runId);
        if (job) return viewOf(job);
        const timeout = milliseconds(limits?.timeout);
        const submitted: Job = { name: runId, model: experimentName ?? "", timeout, status: "NotStarted" };
        submit(submitted);
        return viewOf(submitted);
      }),
    job: (runId) =>
      effects.perform(effect(`looks at the job ${runId}`, true), () => {
        const job = jobs.get(runId);
        return job && viewOf(job);
      }),
    cancel: (runId) =>
      effects.perform(effect(`cancels the job ${runId}`), () => {
        const job = jobs.get(runId);
        if (job && !hasEnded(job)) clock.after(random.span(second, 2 * minute), () => become(job, "Canceled"));
      }),
    activeJobs: () =>
      effects.perform(effect("lists the jobs that have not ended", true), () =>
        [...jobs.values()].filter((job) => !hasEnded(job)).map(({ name }) => name),
      ),
    putModel: ({ name, version, tags }) =>
      effects.perform(effect(`registers the model ${name}:${version}`), () => {
        if (!found(name, version)) register({ name, version, tags });
        return found(name, version)?.tags[modelTags.run];
      }),
    nextModelVersion: (name) =>
      effects.perform(effect(`looks at the versions of ${name}`, true), () => nextVersion(name)),
    modelVersionOf: (name, runId) =>
      effects.perform(
        effect(`looks for the version of ${runId}`, true),
        () => models.find((model) => model.name === name && model.tags[modelTags.run] === runId)?.version,
      ),
  };

  function register(version: Omit<RegisteredVersion, "registeredAt">): void {
    if (models.some((model) => model.name === version.name && model.version === version.version))
      throw new SimulatedRestError(409, "Conflict", `${version.name}:${version.version} is registered`);
    models.push({ ...version, registeredAt: clock.now });
    const { name, version: number, tags } = version;
    raise(azureEvents.modelRegistered, `models/${name}:${number}`, {
      modelName: name,
      modelVersion: number,
      modelTags: tags,
    });
  }

  const registry: Registry = {
    async *registeredSince(since) {
      yield* await effects.perform(effect("lists registered models", true), () =>
        models
          .filter(({ registeredAt }) => registeredAt >= since.getTime())
          .map(({ registeredAt, ...model }) => ({ ...model, registeredAt: new Date(registeredAt) })),
      );
    },
  };

  const machineLearning: MachineLearning = {
    workspace,
    registry,
    jobs,
    models,
    register,
    nextVersion,
    calm: false,
  };
  return machineLearning;
}

/** The tags by which somebody else's model becomes a challenger. */
export const challengerTags = (model: string, onnx: string, trainedOn: readonly string[]): Record<string, string> => ({
  [modelTags.challenges]: model,
  [modelTags.onnx]: onnx,
  [modelTags.trainedOn]: trainedOn.join(","),
});
