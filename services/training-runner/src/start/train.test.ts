import { checkRun, paths, processStuck, trainModel } from "@ratchet/contracts";
import { MissingBatchError } from "@ratchet/datasets";
import { TransientError } from "@ratchet/messaging";
import { UnknownModelError } from "@ratchet/state";
import { describe, expect, test } from "vitest";
import type { Workspace } from "../gateways/workspace.ts";
import { batchId, goodTraining, useDigits } from "../testing/digits.ts";
import { projectYaml } from "../testing/project-yaml.ts";
import { MissingBlobError } from "./copy-all.ts";

const digits = useDigits();

describe("what is asked for while a run holds the slot", () => {
  test("waits and is trained as one run when the slot is free", async () => {
    await digits.apply();
    const first = await digits.submit(1);
    await digits.world.deliver(digits.command(2));
    await digits.world.deliver(digits.command(3));
    expect((await digits.running())?.runId).toBe(first);
    await digits.world.deliver(await digits.world.told(first, "Completed"));
    const next = digits.heard(trainModel);
    expect(next.map(({ data }) => data.through)).toEqual([3]);
    await digits.world.deliver(next[0]);
    expect(digits.started().map(({ data }) => data.version)).toEqual(["1", "2"]);
    expect((await digits.slot()).waiting).toBeNull();
  });

  test("is not lost though the process ends between freeing the slot and asking for it", async () => {
    await digits.apply();
    const first = await digits.submit(1);
    await digits.world.deliver(digits.command(2));
    const event = await digits.world.told(first, "Completed");
    // training.ended and evaluate-model are said, and then no more.
    digits.world.recorder.breath = 2;
    await expect(digits.world.deliver(event)).rejects.toThrow("the process ends here");
    expect(await digits.running()).toBeNull();
    digits.world.recorder.breath = Number.POSITIVE_INFINITY;
    await digits.world.deliver(event);
    expect(digits.heard(trainModel)).toHaveLength(1);
    expect(digits.ended()).toHaveLength(1);
  });
});

describe("train-model", () => {
  test("delivered again submits one job and says one thing", async () => {
    await digits.apply();
    const message = digits.command(1);
    await Promise.all([digits.world.deliver(message), digits.world.deliver(message)]);
    await digits.world.deliver(message);
    expect(digits.started()).toHaveLength(1);
    const runId = (await digits.running())?.runId ?? "";
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    await digits.world.deliver(message);
    expect(digits.started()).toHaveLength(1);
    expect(await digits.running()).toBeNull();
  });

  test("goes on where an earlier delivery stopped, whatever it had already done", async () => {
    await digits.apply();
    const message = digits.command(2);
    for (const breath of [0, 1]) {
      digits.world.recorder.breath = breath;
      await expect(digits.world.deliver(message)).rejects.toThrow("the process ends here");
      expect(await digits.running()).not.toBeNull();
    }
    digits.world.recorder.breath = Number.POSITIVE_INFINITY;
    await digits.world.deliver(message);
    expect(digits.started()).toHaveLength(1);
    expect(await digits.record((await digits.running())?.runId ?? "")).toMatchObject({ status: "submitted" });
  });

  test("for a model that nobody applied fails for good, and is done when it is applied and replayed", async () => {
    const message = digits.command(1);
    await expect(digits.world.deliver(message)).rejects.toThrow(UnknownModelError);
    await digits.apply();
    await digits.world.deliver(message);
    expect(digits.started()).toHaveLength(1);
  });

  test("that cannot be submitted holds nobody up, and is done when what was missing is there and it is replayed", async () => {
    const { version: definitionVersion } = await digits.apply();
    const file = paths.definitionFile(digits.model, definitionVersion, "training/lib/x.txt");
    await digits.world.container("definitions").deleteBlob(file);
    const message = digits.command(3);
    await expect(digits.world.deliver(message)).rejects.toThrow(MissingBlobError);
    expect(await digits.running()).toBeNull();
    await digits.world.put("definitions", file, "x");
    await digits.world.deliver(message);
    expect(digits.started()[0]?.data).toMatchObject({
      batches: [1, 2, 3].map(batchId),
      rows: { train: 3, holdout: 3, duplicate: 0, replaced: 0, leftOut: 0, contradicting: 0 },
    });
    // The record is of the new claim, not of the one that was given up.
    const { runId = "", version, claimedAt } = (await digits.running()) ?? {};
    expect(await digits.record(runId)).toMatchObject({ version, claimedAt, status: "submitted" });
    // The look of the first claim is not that of the second: the broker would swallow it for a day.
    expect(digits.heard(checkRun).map(({ data }) => data.look)).toEqual([1, 2]);
    await digits.world.told(runId, "Completed");
    await digits.world.deliver(digits.heard(checkRun).at(-1));
    expect(digits.ended().map(({ data }) => data.status)).toEqual(["completed"]);
  });

  test("whose rows are not there claims nothing, and is done when they are and it is replayed", async () => {
    await digits.apply();
    await digits.announce(9);
    const message = digits.command(4);
    await expect(digits.world.deliver(message)).rejects.toThrow(MissingBatchError);
    expect(await digits.slot()).toMatchObject({ running: null, waiting: null, commands: [] });
    await digits.putRows(9);
    await digits.world.deliver(message);
    expect(digits.started()[0]?.data.batches).toEqual([1, 2, 3, 9].map(batchId));
  });

  test("that the workspace refuses holds nobody up either", async () => {
    await digits.world.apply(projectYaml(digits.model).replace("cpu-cluster", "no-such-cluster"), {
      "training/train.sh": goodTraining,
    });
    await expect(digits.world.deliver(digits.command(1))).rejects.toThrow(/no-such-cluster/);
    expect(await digits.running()).toBeNull();
    await digits.apply();
    await digits.world.deliver(digits.command(2));
    expect(digits.started()).toHaveLength(1);
  });

  test("whose project was applied anew before its job was there trains the new project", async () => {
    await digits.apply();
    const message = digits.command(1);
    digits.world.recorder.breath = 0;
    await expect(digits.world.deliver(message)).rejects.toThrow();
    const abandoned = (await digits.running())?.runId;
    digits.world.recorder.breath = Number.POSITIVE_INFINITY;
    const { version } = await digits.apply(`${goodTraining}; echo new`);
    await digits.world.deliver(message);
    expect(await digits.slot()).toMatchObject({ running: null, waiting: { through: 1 } });
    await digits.world.deliver(digits.heard(trainModel).at(-1));
    expect(digits.started().map(({ data }) => data.definitionVersion)).toEqual([version]);
    expect((await digits.running())?.runId).not.toBe(abandoned);
  });

  test("that is refused after its job was there goes on with the job", async () => {
    await digits.apply(`sleep 0.2; ${goodTraining}`);
    const putJob: Workspace["putJob"] = async (...job) => {
      await digits.world.runner.workspace.putJob(...job);
      throw new Error("forbidden");
    };
    await digits.world.deliver(digits.command(1), undefined, { putJob });
    const runId = (await digits.running())?.runId ?? "";
    expect(digits.started().map(({ data }) => data.runId)).toEqual([runId]);
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    expect(digits.ended()[0]?.data).toMatchObject({ runId, status: "completed" });
    expect(await digits.running()).toBeNull();
  });

  test("that never came to submit its run leaves that to the run's looks", async () => {
    await digits.apply();
    const message = digits.command(1);
    const putJob = () => Promise.reject(new TransientError("the workspace is away"));
    await expect(digits.world.deliver(message, undefined, { putJob })).rejects.toThrow("away");
    const runId = (await digits.running())?.runId ?? "";
    await digits.world.deliver(digits.heard(checkRun)[0], new Date(Date.now() + 61_000));
    expect(digits.started().map(({ data }) => data.runId)).toEqual([runId]);
    await digits.world.deliver(message);
    expect(digits.started()).toHaveLength(1);
  });

  test("whose run no look can submit within an hour has it given up and asked for again, with word to the operator", async () => {
    await digits.apply();
    const message = digits.command(1);
    const putJob = () => Promise.reject(new TransientError("the workspace is away"));
    await expect(digits.world.deliver(message, undefined, { putJob })).rejects.toThrow("away");
    await digits.world.deliver(digits.command(2));
    const claimedAt = Date.parse((await digits.running())?.claimedAt ?? "");
    const [look] = digits.heard(checkRun);
    const late = new Date(claimedAt + 3_599_999);
    await expect(digits.world.deliver(look, late, { putJob })).rejects.toThrow("away");
    expect((await digits.running())?.command).toBe(message.id);
    await digits.world.deliver(look, new Date(claimedAt + 3_600_000));
    expect(await digits.slot()).toMatchObject({
      running: null,
      waiting: { through: 2, lookAt: new Date(claimedAt + 4_200_000).toISOString() },
      trouble: { claims: 1, told: true },
    });
    expect(digits.heard(processStuck).map(({ data }) => data)).toEqual([
      expect.objectContaining({ process: "training", reason: expect.stringContaining("not submitted within 1 h") }),
    ]);
    await digits.world.sweep(new Date(claimedAt + 4_260_000));
    await digits.world.deliver(digits.heard(trainModel).at(-1));
    expect(digits.started().map(({ data }) => data.batches)).toEqual([[batchId(1), batchId(2)]]);
    await digits.world.deliver(message);
    expect(digits.started()).toHaveLength(1);
  });
});
