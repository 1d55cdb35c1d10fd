import { join } from "node:path";
import {
  admission,
  type Contract,
  type Envelope,
  paths,
  type Run,
  run,
  type TrainModel,
  trainingEnded,
  trainingStarted,
  trainModel,
} from "@ratchet/contracts";
import { listedBatches } from "@ratchet/state";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { readSlot } from "../stores.ts";
import { projectYaml } from "./project-yaml.ts";
import { putBatchRows, rowsOf } from "./rows.ts";
import { type RunnerWorld, startRunnerWorld } from "./world.ts";

export const batchId = (index: number): string => index.toString(16).padStart(16, "0");

/** Trains as user code does: reads its rows, starts from the champion's model, writes a model and a metric. */
export const goodTraining =
  'cat "$2"/*.csv > "$6/model.onnx"; cat "$4"/model.onnx >> "$6/model.onnx" 2>/dev/null; echo "metric rows=$(cat "$2"/*.csv | wc -l)"';
/** Trains until it is stopped. */
export const endlessTraining = "echo started; exec sleep 600";

/** The trace of every train-model message. */
export const trace = "a".repeat(32);

/** A world for the tests of one file, and for each test a model of its own with three batches. */
export function useDigits() {
  let started: RunnerWorld | undefined;
  let models = 0;
  let asked = 0;
  const world = (): RunnerWorld => {
    if (!started) throw new Error("the world has not started");
    return started;
  };
  const model = () => `digits-${models}`;
  const slot = () => readSlot(world().runner.stores, model());
  const putRows = (index: number, of = model()) => putBatchRows(world(), of, batchId(index), rowsOf(index));
  /** Writes a batch into a model's log. The first that it has is at position 1, and so on. */
  async function announce(index: number, of = model()): Promise<void> {
    const log = world().documents("batches").log(paths.admissionLog(of), admission);
    const at = new Date(0).toISOString();
    const { train, holdout } = rowsOf(index);
    const rows = { train: train.length, holdout: holdout.length };
    const file = `${of}/${index}.csv`;
    await log.append({ kind: "admitted", batch: batchId(index), file, at, drop: `${index}`, rows });
  }
  async function admit(index: number, of = model()): Promise<void> {
    await putRows(index, of);
    await announce(index, of);
  }

  const remove = async (prefix: string) => {
    for (const path of await world().pathsOf("training", prefix)) await world().container("training").deleteBlob(path);
  };
  /** Lets the clock of sweeps be turned back. */
  const forgetSweeps = () => remove("_sweeps/");

  beforeAll(async () => {
    started = await startRunnerWorld();
  });
  afterAll(() => started?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    models += 1;
    world().recorder.forget();
    // The models of other tests are not for this one's sweeps.
    await remove("_open/");
    await forgetSweeps();
    for (const index of [1, 2, 3]) await admit(index);
  });

  /** A train-model message of the data-watcher's, for all up to a position of the log. */
  function command(
    through: number,
    more: Partial<Pick<TrainModel["data"], "reason" | "again" | "beyondBudget">> = {},
  ): TrainModel {
    asked += 1;
    const traceparent = `00-${trace}-${"b".repeat(16)}-01`;
    const occasion = { source: "data-watcher", time: new Date(), cause: `wish ${asked}`, traceparent };
    return trainModel.build({ model: model(), through, reason: "data", ...more }, occasion);
  }

  /** What was said of one kind about the model. */
  const heard = <Type extends string, Data extends { readonly model: string }>(contract: Contract<Type, Data>) =>
    world()
      .recorder.heard(contract)
      .filter(({ data }: Envelope<Data>) => data.model === model());

  return {
    heard,
    forgetSweeps,
    get world() {
      return world();
    },
    get model() {
      return model();
    },
    /** A file for which training can be made to wait. */
    gate: () => join(world().azure.folder, model()),
    putRows,
    announce,
    admit,
    /** The batches of a run's data. */
    batchesOf: async ({ dataset }: Pick<Run, "dataset">) =>
      dataset ? listedBatches(world().runner.stores, model(), dataset) : [],
    apply: (script = goodTraining, training = "") =>
      world().apply(projectYaml(model(), training), { "training/train.sh": script, "training/lib/x.txt": "x" }),
    command,
    slot,
    running: async () => (await slot()).running,
    /** The runs that have a record. */
    runIds: async () =>
      (await world().pathsOf("training", `${model()}/runs/`)).map((path) => path.replace(/^.*\/|\.json$/g, "")),
    record: async (runId: string) => (await world().documents("training").read(paths.run(model(), runId), run))?.value,
    started: () => heard(trainingStarted),
    ended: () => heard(trainingEnded),
    /** Has a run trained and gives its id. */
    async submit(...what: Parameters<typeof command>): Promise<string> {
      await world().deliver(command(...what));
      const { running } = await slot();
      if (!running) throw new Error("no run holds the slot");
      return running.runId;
    },
  };
}
