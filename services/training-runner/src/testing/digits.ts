import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paths, type Run, run, trainingEnded, trainingStarted } from "@ratchet/contracts";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { readSlot } from "../stores.ts";
import { projectYaml } from "./definitions.ts";
import { startWorld, type World } from "./world.ts";

export const batch = (index: number): string => index.toString(16).padStart(16, "0");

/** Trains as user code does: reads its rows, starts from the champion's model, writes a model and a metric. */
export const goodTraining =
  'cat "$2"/*.csv > "$6/model.onnx"; cat "$4"/model.onnx >> "$6/model.onnx" 2>/dev/null; echo "metric rows=$(cat "$2"/*.csv | wc -l)"';
/** Trains until it is stopped. */
export const endlessTraining = "echo started; exec sleep 600";

/** A world for the tests of one file, and for each test a model of its own with three batches. */
export function useDigits() {
  let world: World | undefined;
  let folder = "";
  let number = 0;
  const it = (): World => {
    if (!world) throw new Error("the world has not started");
    return world;
  };
  const model = () => `digits-${number}`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "digits-"));
    world = await startWorld();
  });
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    number += 1;
    it().said.splice(0);
    it().mood.silentAfter = Number.POSITIVE_INFINITY;
    for (const index of [1, 2, 3]) await it().putBatch(model(), batch(index), `row ${index}\n`);
  });

  const command = (
    batches: readonly number[],
    more: { readonly reason?: Run["reason"]; readonly again?: string } = {},
    cause = `${Math.random()}`,
  ) => it().command({ model: model(), batches: batches.map(batch), reason: "data", ...more }, cause);
  const running = async () => (await readSlot(it().runner.stores, model())).running;

  return {
    get world() {
      return it();
    },
    get model() {
      return model();
    },
    /** A file for which training can be made to wait. */
    gate: () => join(folder, model()),
    apply: (script = goodTraining, training = "") =>
      it().apply(projectYaml(model(), training), { "training/train.sh": script, "training/lib/x.txt": "x" }),
    command,
    running,
    record: async (runId: string) =>
      (await it().runner.stores.training.read(paths.run(model(), runId), run.parse))?.value,
    started: () => it().said.filter(trainingStarted.is),
    ended: () => it().said.filter(trainingEnded.is),
    /** Has a run trained and gives its id. */
    async submit(batches: readonly number[], more: Parameters<typeof command>[1] = {}): Promise<string> {
      await it().deliver(command(batches, more));
      const runId = (await running())?.runId;
      if (!runId) throw new Error("no run holds the slot");
      return runId;
    },
  };
}
