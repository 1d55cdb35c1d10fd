import type { CommandJob } from "@azure/arm-machinelearning";
import { type Definition, runLogName } from "@ratchet/contracts";

type Processes = Pick<Definition["training"], "instances" | "processesPerInstance">;

const isOne = ({ instances, processesPerInstance }: Processes) => instances * processesPerInstance === 1;

/** What a job says of its processes; nothing where it is one, which is what a job is by itself. */
export function distributionOf(training: Processes): Pick<CommandJob, "resources" | "distribution"> {
  if (isOne(training)) return {};
  const { instances, processesPerInstance } = training;
  return {
    resources: { instanceCount: instances },
    distribution: { distributionType: "PyTorch", processCountPerInstance: processesPerInstance },
  };
}

/** What the logs in a run's `done` begin with that other processes than rank 0 have left. */
export const rankLogsBegin = "output-";

const rankLogName = (rank: string) => `${rankLogsBegin}${rank}.log`;

/** Whose log a file of a run's `done` is; undefined where it is no such log. */
export function rankOf(fileName: string): number | undefined {
  const rank = /^output-([1-9]\d*)\.log$/.exec(fileName)?.[1];
  return rank === undefined ? undefined : Number(rank);
}

/** Where one process of a run keeps its own and leaves what comes of it, as a shell has to have it. */
interface Places {
  /** The process's working folder, with its own copy of the code. */
  readonly work: string;
  /** What the shell does before all else. */
  readonly setUp: readonly string[];
  /** What is Ratchet's in the working folder. */
  readonly own: string;
  readonly model: string;
  readonly done: string;
  /** What the shell does before it exits with `$code`. */
  readonly tearDown: readonly string[];
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: ${{…}} is Azure ML's, which puts a path in its place.
const modelFolder = "${{outputs.model}}";
const doneFolder = "${{outputs.done}}";

/**
 * Azure ML runs a job's command once for each process, with `RANK` set
 * (learn.microsoft.com/azure/machine-learning/how-to-train-distributed-gpu, "Per-process-launcher"). Rank 0 writes model
 * and end of the run; to the others the same names are folders of their own, so that none writes over another. One that
 * fails leaves its log beside the end; not one that was told to stop, even before it could say how it ends, since another
 * has failed then.
 */
export function placesOf(training: Processes): Places {
  if (isOne(training))
    return { work: "work", setUp: [], own: ".ratchet", model: modelFolder, done: doneFolder, tearDown: [] };
  const own = "$ratchet_own";
  return {
    // Processes of a machine begin in one folder.
    work: '"work-${RANK:?Azure ML has told this process no rank}"',
    own,
    model: "$ratchet_model",
    done: "$ratchet_done",
    setUp: [
      'ratchet_own=".ratchet/rank-$RANK"',
      `ratchet_model="${own}/model"`,
      `ratchet_done="${own}/done"`,
      'mkdir -p "$ratchet_model" "$ratchet_done"',
      `if [ "$RANK" = 0 ]; then ratchet_model="${modelFolder}"; ratchet_done="${doneFolder}"; fi`,
    ],
    tearDown: [
      `if [ "$RANK" != 0 ] && [ "\${code:-143}" != 0 ] && [ "\${code:-143}" != 143 ]; then cp "$ratchet_done/${runLogName}" "${doneFolder}/${rankLogName("$RANK")}"; fi`,
    ],
  };
}
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
