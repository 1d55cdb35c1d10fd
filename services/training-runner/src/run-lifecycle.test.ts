import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkRun,
  evaluateModel,
  paths,
  type Run,
  run as runDocument,
  trainingEnded,
  trainingStarted,
  trainModel,
} from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cancelRun } from "./cancel-run.ts";
import { MissingBlobError } from "./copy-blobs.ts";
import { readSlot, UnknownModelError } from "./stores.ts";
import { projectYaml } from "./testing/definitions.ts";
import { startWorld, until, type World } from "./testing/world.ts";
import type { Workspace } from "./workspace.ts";

let world: World;
let model: string;
let number = 0;
const batch = (index: number) => index.toString(16).padStart(16, "0");
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Trains as user code does: reads its rows, writes a model and a metric. */
const goodTraining =
  'cat "$2"/*.csv > "$6/model.onnx"; cat "$4"/model.onnx >> "$6/model.onnx" 2>/dev/null; echo "metric rows=$(cat "$2"/*.csv | wc -l)"';
/** Trains until it is stopped. */
const endlessTraining = "echo started; exec sleep 600";

let folder: string;
/** A file for which training can be made to wait. */
const gate = () => join(folder, model);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "run-lifecycle-"));
  world = await startWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  number += 1;
  model = `digits-${number}`;
  world.said.splice(0);
  world.mood.silentAfter = Number.POSITIVE_INFINITY;
  for (const index of [1, 2, 3]) await world.putBatch(model, batch(index), `row ${index}\n`);
});

const apply = (script = goodTraining, training = "") =>
  world.apply(projectYaml(model, training), { "training/train.sh": script, "training/lib/x.txt": "x" });
const command = (
  batches: readonly number[],
  more: { reason?: Run["reason"]; again?: string } = {},
  cause = `${Math.random()}`,
) => world.command({ model, batches: batches.map(batch), reason: "data", ...more }, cause);
const record = async (runId: string) =>
  (await world.runner.stores.training.read(paths.run(model, runId), runDocument.parse))?.value;
const running = async () => (await readSlot(world.runner.stores, model)).running;
const started = () => world.said.filter(trainingStarted.is);
const ended = () => world.said.filter(trainingEnded.is);

/** Has a run trained and gives its id. */
async function submit(batches: readonly number[], more = {}): Promise<string> {
  await world.deliver(command(batches, more));
  const runId = (await running())?.runId;
  if (!runId) throw new Error("no run holds the slot");
  return runId;
}

describe("a run that completes", () => {
  test("is submitted with its code and rows, and what comes of it is registered and judged", async () => {
    const { version: definitionVersion } = await apply();
    const runId = await submit([1, 2]);
    expect(started()[0]?.data).toMatchObject({ runId, version: "1", warmStart: null, definitionVersion });
    await world.deliver(await world.told(runId, "Completed"));

    expect(await world.text("runs", paths.runModel(runId))).toBe("row 1\nrow 2\n");
    expect(ended().map(({ data }) => data)).toEqual([
      expect.objectContaining({ runId, status: "completed", version: "1" }),
    ]);
    expect(world.said.filter(evaluateModel.is).map(({ data }) => data)).toEqual([
      {
        model,
        version: "1",
        runId,
        onnx: { container: "runs", path: `${runId}/model/model.onnx` },
        trainedOn: [batch(1), batch(2)],
        votedToDeploy: false,
      },
    ]);
    expect(await record(runId)).toMatchObject({ status: "completed", version: "1", codeSha256: expect.any(String) });
    expect(await running()).toBeNull();
    await until(
      () =>
        world.azure.find(({ type, subject }) => type.endsWith("ModelRegistered") && subject === `models/${model}:1`),
      "the registered model",
    );
  });

  test("is learned of by _DONE.json, looking again shortly while the job is still finalizing", async () => {
    await apply();
    const runId = await submit([1]);
    const subject = `/blobServices/default/containers/runs/blobs/${paths.runDoneFolder(runId)}/_DONE.json`;
    const done = await until(() => world.azure.find((event) => event.subject === subject), "_DONE.json");
    await world.deliver(done);
    if (ended().length === 0) {
      const look = world.said.filter(checkRun.is).at(-1);
      expect(Number(Object(look).notBefore) - Date.now()).toBeLessThan(5000);
      await world.told(runId, "Completed");
      if (look) await world.deliver(look);
    }
    expect(ended().map(({ data }) => data.status)).toEqual(["completed"]);
  });

  test("is learned of by its scheduled look alone, which moves itself on until then", async () => {
    await apply(`while [ ! -e ../go ]; do sleep 0.05; done; ${goodTraining}`.replace("../go", gate()));
    const runId = await submit([1]);
    const looks = () => world.said.filter(checkRun.is);
    const lastLook = () => looks().at(-1) ?? command([1]);
    await world.told(runId, "Running");
    await world.deliver(lastLook());
    expect(looks().map(({ data }) => data.look)).toEqual([1, 2]);
    expect(await record(runId)).toMatchObject({ status: "submitted", startedAt: expect.any(String) });
    await writeFile(gate(), "");
    await world.told(runId, "Completed");
    await world.deliver(lastLook());
    expect(ended().map(({ data }) => data.status)).toEqual(["completed"]);
    expect(looks()).toHaveLength(2);
  });

  test("told of several times and all at once ends once", async () => {
    await apply();
    const runId = await submit([1]);
    const event = await world.told(runId, "Completed");
    const signals = [event, event, ...world.said.filter(checkRun.is)];
    await Promise.all(signals.map((signal) => world.deliver(signal)));
    await world.deliver(event);
    expect(ended()).toHaveLength(1);
    expect(world.said.filter(evaluateModel.is)).toHaveLength(1);
    expect((await readSlot(world.runner.stores, model)).ended).toEqual([runId]);
  });

  test("goes on in the trace of the message that started it", async () => {
    await apply();
    const runId = await submit([1]);
    await world.deliver(await world.told(runId, "Completed"));
    const trace = started()[0]?.traceparent?.slice(3, 35);
    expect(trace).toBe("a".repeat(32));
    expect(ended()[0]?.traceparent?.slice(3, 35)).toBe(trace);
  });

  test("votes to deploy where it writes the file trigger", async () => {
    await apply(`${goodTraining}; touch "$6/trigger"`);
    const runId = await submit([1]);
    await world.deliver(await world.told(runId, "Completed"));
    expect(world.said.find(evaluateModel.is)?.data.votedToDeploy).toBe(true);
  });

  test("starts from the champion where there is one, and from nothing where the definition says so", async () => {
    await apply();
    const first = await submit([1]);
    await world.deliver(await world.told(first, "Completed"));
    const sha = "0".repeat(64);
    const onnx = { container: "runs", path: paths.runModel(first) };
    const release = { version: "1", code: sha, package: sha, runId: first, trainedOn: [batch(1)], onnx, verdict: "v" };
    const champion = { ...release, promotedAt: new Date().toISOString() };
    const pointer = { model, champion, previous: null, withdrawn: [], endpoint: "https://localhost:1" };
    await world.put("champions", paths.champion(model), JSON.stringify(pointer));

    const second = await submit([1, 2]);
    expect(started().at(-1)?.data).toMatchObject({ version: "2", warmStart: "1" });
    await world.deliver(await world.told(second, "Completed"));
    expect(await world.text("runs", paths.runModel(second))).toBe("row 1\nrow 2\nrow 1\n");

    await apply(goodTraining, "  warmStart: false");
    await submit([1, 2, 3]);
    expect(started().at(-1)?.data).toMatchObject({ version: "3", warmStart: null });
  });
});

describe("a run that does not complete", () => {
  test("says why, with the last of its output, and frees the slot", async () => {
    await apply("echo loading rows; echo no such column >&2; exit 3");
    const runId = await submit([1]);
    await world.deliver(await world.told(runId, "Failed"));
    const [{ data } = { data: undefined }] = ended();
    expect(data).toMatchObject({ runId, status: "failed" });
    expect(data?.reason).toMatch(/exit code 3[\s\S]*loading rows\nno such column/);
    expect(await record(runId)).toMatchObject({ status: "failed", failure: data?.reason });
    expect(await running()).toBeNull();
    expect(world.said.filter(evaluateModel.is)).toEqual([]);
  });

  test("has failed where the command ended well but wrote no model", async () => {
    await apply("echo done");
    const runId = await submit([1]);
    await world.deliver(await world.told(runId, "Completed"));
    expect(ended()[0]?.data).toMatchObject({ status: "failed", reason: expect.stringContaining("no model.onnx") });
  });

  test("is stopped by the workspace at its limit and told as timed out", async () => {
    await world.apply(projectYaml(model).replace("timeout: 1h", "timeout: 1s"), {
      "training/train.sh": endlessTraining,
    });
    const runId = await submit([1]);
    await world.deliver(await world.told(runId, "Canceled"));
    expect(ended()[0]?.data).toMatchObject({ runId, status: "timed-out" });
    expect(await running()).toBeNull();
  });

  test("is stopped by Ratchet where it is far over its limit and nobody else has stopped it", async () => {
    await apply(endlessTraining);
    const runId = await submit([1]);
    await world.deliver(await world.told(runId, "Running"));
    const look = world.said.find(checkRun.is);
    if (look) await world.deliver(look, new Date(Date.now() + 2 * 3_600_000));
    expect(ended()[0]?.data).toMatchObject({
      runId,
      status: "timed-out",
      reason: expect.stringContaining("still Running"),
    });
    await world.told(runId, "Canceled");
  });

  test("can be cancelled by POST /api/runs/{runId}/cancel, and a look is set that learns of it", async () => {
    await apply(endlessTraining);
    const runId = await submit([1]);
    await world.told(runId, "Running");
    expect(await cancelRun(world.runner, runId, "r-1", new Date(), log)).toMatchObject({ status: 202 });
    await world.told(runId, "Canceled");
    const look = world.said.filter(checkRun.is).at(-1);
    if (look) await world.deliver(look);
    expect(ended()[0]?.data).toMatchObject({ runId, status: "canceled" });
    expect(await cancelRun(world.runner, runId, "r-2", new Date(), log)).toMatchObject({ status: 409 });
    expect(await cancelRun(world.runner, `${model}-00000000000000ff`, "r-3", new Date(), log)).toMatchObject({
      status: 404,
    });
    expect(await cancelRun(world.runner, "jolly_pear", "r-4", new Date(), log)).toMatchObject({ status: 404 });
  });
});

describe("what is asked for while a run holds the slot", () => {
  test("waits and is trained as one run when the slot is free", async () => {
    await apply();
    const first = await submit([1]);
    await world.deliver(command([1, 2]));
    await world.deliver(command([1, 2, 3]));
    expect((await running())?.runId).toBe(first);
    await world.deliver(await world.told(first, "Completed"));
    const next = world.said.filter(trainModel.is);
    expect(next.map(({ data }) => data.batches)).toEqual([[batch(1), batch(2), batch(3)]]);
    if (next[0]) await world.deliver(next[0]);
    expect(started().map(({ data }) => data.version)).toEqual(["1", "2"]);
    expect((await readSlot(world.runner.stores, model)).waiting).toBeNull();
  });

  test("is not lost though the process ends between freeing the slot and asking for it", async () => {
    await apply();
    const first = await submit([1]);
    await world.deliver(command([1, 2]));
    const event = await world.told(first, "Completed");
    // training.ended and evaluate-model are said, and then no more.
    world.mood.silentAfter = 2;
    await expect(world.deliver(event)).rejects.toThrow("the process ends here");
    expect(await running()).toBeNull();
    world.mood.silentAfter = Number.POSITIVE_INFINITY;
    await world.deliver(event);
    expect(world.said.filter(trainModel.is)).toHaveLength(1);
    expect(ended()).toHaveLength(1);
  });
});

describe("train-model", () => {
  test("delivered again submits one job and says one thing", async () => {
    await apply();
    const message = command([1]);
    await Promise.all([world.deliver(message), world.deliver(message)]);
    await world.deliver(message);
    expect(started()).toHaveLength(1);
    const runId = (await running())?.runId ?? "";
    await world.deliver(await world.told(runId, "Completed"));
    await world.deliver(message);
    expect(started()).toHaveLength(1);
    expect(await running()).toBeNull();
  });

  test("goes on where an earlier delivery stopped, whatever it had already done", async () => {
    await apply();
    const message = command([1, 2]);
    for (const silentAfter of [0, 1]) {
      world.mood.silentAfter = silentAfter;
      await expect(world.deliver(message)).rejects.toThrow("the process ends here");
      expect(await running()).not.toBeNull();
    }
    world.mood.silentAfter = Number.POSITIVE_INFINITY;
    await world.deliver(message);
    expect(started()).toHaveLength(1);
    expect(await record((await running())?.runId ?? "")).toMatchObject({ status: "submitted" });
  });

  test("for a model that nobody applied fails for good, and is done when it is applied and replayed", async () => {
    const message = command([1]);
    await expect(world.deliver(message)).rejects.toThrow(UnknownModelError);
    await apply();
    await world.deliver(message);
    expect(started()).toHaveLength(1);
  });

  test("that cannot be submitted holds nobody up, and is done when what was missing is there and it is replayed", async () => {
    await apply();
    const message = command([1, 9]);
    await expect(world.deliver(message)).rejects.toThrow(MissingBlobError);
    expect(await running()).toBeNull();
    await world.putBatch(model, batch(9), "row 9\n");
    await world.deliver(message);
    expect(started()[0]?.data.batches).toEqual([batch(1), batch(9)]);
  });

  test("that the workspace refuses holds nobody up either", async () => {
    await world.apply(projectYaml(model).replace("cpu-cluster", "no-such-cluster"), {
      "training/train.sh": goodTraining,
    });
    await expect(world.deliver(command([1]))).rejects.toThrow(/no-such-cluster/);
    expect(await running()).toBeNull();
    await apply();
    await world.deliver(command([1, 2]));
    expect(started()).toHaveLength(1);
  });

  test("whose project was applied anew before its job was there trains the new project", async () => {
    await apply();
    const message = command([1]);
    world.mood.silentAfter = 0;
    await expect(world.deliver(message)).rejects.toThrow();
    const abandoned = (await running())?.runId;
    world.mood.silentAfter = Number.POSITIVE_INFINITY;
    const { version } = await apply(`${goodTraining}; echo new`);
    await world.deliver(message);
    expect(started()[0]?.data.definitionVersion).toBe(version);
    expect((await running())?.runId).not.toBe(abandoned);
  });

  test("that failed after its job was there keeps the slot: the job runs, and its end will free it", async () => {
    await apply(`sleep 0.2; ${goodTraining}`);
    const message = command([1]);
    const putJob: Workspace["putJob"] = async (...job) => {
      await world.workspace.putJob(...job);
      throw new Error("forbidden");
    };
    await expect(world.deliver(message, undefined, { putJob })).rejects.toThrow("forbidden");
    const runId = (await running())?.runId ?? "";
    await world.deliver(await world.told(runId, "Completed"));
    expect(ended()[0]?.data).toMatchObject({ runId, status: "completed" });
    expect(await running()).toBeNull();
  });

  test("that never came to submit its run gives the claim up after an hour, and can be replayed", async () => {
    await apply();
    const message = command([1]);
    const putJob = () => Promise.reject(new TransientError("the workspace is away"));
    await expect(world.deliver(message, undefined, { putJob })).rejects.toThrow("away");
    await world.deliver(command([1, 2]));
    const look = world.said.find(checkRun.is);
    if (!look) throw new Error("no look was set");
    await world.deliver(look, new Date(Date.now() + 59 * 60_000));
    expect((await running())?.command).toBe(message.id);
    await world.deliver(look, new Date(Date.now() + 61 * 60_000));
    expect(await running()).toBeNull();
    // What waited behind it is trained, and takes in what the replayed message asks for.
    const [waited] = world.said.filter(trainModel.is);
    if (waited) await world.deliver(waited);
    await world.deliver(message);
    expect(started().map(({ data }) => data.batches)).toEqual([[batch(1), batch(2)]]);
  });
});

test("runs that are not Ratchet's are passed over", async () => {
  const event = {
    specversion: "1.0",
    id: "x",
    source: "/x",
    type: "Microsoft.MachineLearningServices.RunCompleted",
    time: new Date().toISOString(),
  } as const;
  await world.deliver({ ...event, subject: "experiments/e/runs/jolly_pear", data: { runId: "jolly_pear" } });
  await world.deliver({ ...event, subject: `experiments/e/runs/${model}-00000000000000ff`, data: {} });
  expect(world.said).toEqual([]);
});
