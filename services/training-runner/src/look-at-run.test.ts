import { writeFile } from "node:fs/promises";
import { checkRun, evaluateModel, paths } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { cancelRun } from "./cancel-run.ts";
import { readSlot } from "./stores.ts";
import { projectYaml } from "./testing/definitions.ts";
import { batch, endlessTraining, goodTraining, useDigits } from "./testing/digits.ts";
import { until } from "./testing/world.ts";

const digits = useDigits();
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe("a run that completes", () => {
  test("is submitted with its code and rows, and what comes of it is registered and judged", async () => {
    const { version: definitionVersion } = await digits.apply();
    const runId = await digits.submit([1, 2]);
    expect(digits.started()[0]?.data).toMatchObject({ runId, version: "1", warmStart: null, definitionVersion });
    await digits.world.deliver(await digits.world.told(runId, "Completed"));

    expect(await digits.world.text("runs", paths.runModel(runId))).toBe("row 1\nrow 2\n");
    expect(digits.ended().map(({ data }) => data)).toEqual([
      expect.objectContaining({ runId, status: "completed", version: "1" }),
    ]);
    expect(digits.world.said.filter(evaluateModel.is).map(({ data }) => data)).toEqual([
      {
        model: digits.model,
        version: "1",
        runId,
        onnx: { container: "runs", path: `${runId}/model/model.onnx` },
        trainedOn: [batch(1), batch(2)],
        votedToDeploy: false,
      },
    ]);
    expect(await digits.record(runId)).toMatchObject({
      status: "completed",
      version: "1",
      codeSha256: expect.any(String),
    });
    expect(await digits.running()).toBeNull();
    await until(
      () =>
        digits.world.azure.find(
          ({ type, subject }) => type.endsWith("ModelRegistered") && subject === `models/${digits.model}:1`,
        ),
      "the registered model",
    );
  });

  test("is learned of by _DONE.json, looking again shortly while the job is still finalizing", async () => {
    await digits.apply();
    const runId = await digits.submit([1]);
    const subject = `/blobServices/default/containers/runs/blobs/${paths.runDoneFolder(runId)}/_DONE.json`;
    const done = await until(() => digits.world.azure.find((event) => event.subject === subject), "_DONE.json");
    await digits.world.deliver(done);
    if (digits.ended().length === 0) {
      const look = digits.world.said.filter(checkRun.is).at(-1);
      expect(Number(Object(look).notBefore) - Date.now()).toBeLessThan(5000);
      await digits.world.told(runId, "Completed");
      if (look) await digits.world.deliver(look);
    }
    expect(digits.ended().map(({ data }) => data.status)).toEqual(["completed"]);
  });

  test("is learned of by its scheduled look alone, which moves itself on until then", async () => {
    await digits.apply(`while [ ! -e ../go ]; do sleep 0.05; done; ${goodTraining}`.replace("../go", digits.gate()));
    const runId = await digits.submit([1]);
    const looks = () => digits.world.said.filter(checkRun.is);
    const lastLook = () => looks().at(-1) ?? digits.command([1]);
    await digits.world.told(runId, "Running");
    await digits.world.deliver(lastLook());
    expect(looks().map(({ data }) => data.look)).toEqual([1, 2]);
    expect(await digits.record(runId)).toMatchObject({ status: "submitted", startedAt: expect.any(String) });
    await writeFile(digits.gate(), "");
    await digits.world.told(runId, "Completed");
    await digits.world.deliver(lastLook());
    expect(digits.ended().map(({ data }) => data.status)).toEqual(["completed"]);
    expect(looks()).toHaveLength(2);
  });

  test("told of several times and all at once ends once, and that is said once", async () => {
    await digits.apply();
    const runId = await digits.submit([1]);
    const event = await digits.world.told(runId, "Completed");
    const signals = [event, { ...event, id: "another" }, ...digits.world.said.filter(checkRun.is)];
    await Promise.all(signals.map((signal) => digits.world.deliver(signal)));
    await digits.world.deliver(event);
    expect(digits.ended()).toHaveLength(1);
    expect(digits.world.timesSaid(digits.ended()[0])).toBe(1);
    expect(digits.world.said.filter(evaluateModel.is)).toHaveLength(1);
    expect((await readSlot(digits.world.runner.stores, digits.model)).ended).toEqual([runId]);
  });

  test("is seen to by another message after a minute where the first that was told of it came to nothing", async () => {
    await digits.apply();
    const runId = await digits.submit([1]);
    const event = await digits.world.told(runId, "Completed");
    digits.world.mood.silentAfter = 0;
    await expect(digits.world.deliver(event)).rejects.toThrow("the process ends here");
    digits.world.mood.silentAfter = Number.POSITIVE_INFINITY;
    const look = () => digits.world.said.filter(checkRun.is).at(-1) ?? event;
    await digits.world.deliver(look());
    expect(digits.ended()).toEqual([]);
    expect(look()).toMatchObject({ data: { look: 2 } });
    await digits.world.deliver(look(), new Date(Date.now() + 61_000));
    expect(digits.ended()).toHaveLength(1);
  });

  test("goes on in the trace of the message that started it", async () => {
    await digits.apply();
    const runId = await digits.submit([1]);
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    const trace = digits.started()[0]?.traceparent?.slice(3, 35);
    expect(trace).toBe("a".repeat(32));
    expect(digits.ended()[0]?.traceparent?.slice(3, 35)).toBe(trace);
  });

  test("votes to deploy where it writes the file trigger", async () => {
    await digits.apply(`${goodTraining}; touch "$6/trigger"`);
    const runId = await digits.submit([1]);
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    expect(digits.world.said.find(evaluateModel.is)?.data.votedToDeploy).toBe(true);
  });

  test("starts from the champion where there is one, and from nothing where the definition says so", async () => {
    await digits.apply();
    const first = await digits.submit([1]);
    await digits.world.deliver(await digits.world.told(first, "Completed"));
    const sha = "0".repeat(64);
    const onnx = { container: "runs", path: paths.runModel(first) };
    const release = { version: "1", code: sha, package: sha, runId: first, trainedOn: [batch(1)], onnx, verdict: "v" };
    const champion = { ...release, promotedAt: new Date().toISOString() };
    const pointer = { model: digits.model, champion, previous: null, withdrawn: [], endpoint: "https://localhost:1" };
    await digits.world.put("champions", paths.champion(digits.model), JSON.stringify(pointer));

    const second = await digits.submit([1, 2]);
    expect(digits.started().at(-1)?.data).toMatchObject({ version: "2", warmStart: "1" });
    await digits.world.deliver(await digits.world.told(second, "Completed"));
    expect(await digits.world.text("runs", paths.runModel(second))).toBe("row 1\nrow 2\nrow 1\n");

    await digits.apply(goodTraining, "  warmStart: false");
    await digits.submit([1, 2, 3]);
    expect(digits.started().at(-1)?.data).toMatchObject({ version: "3", warmStart: null });
  });
});

describe("a run that does not complete", () => {
  test("says why, with the last of its output, and frees the slot", async () => {
    await digits.apply("echo loading rows; echo no such column >&2; exit 3");
    const runId = await digits.submit([1]);
    await digits.world.deliver(await digits.world.told(runId, "Failed"));
    const [{ data } = { data: undefined }] = digits.ended();
    expect(data).toMatchObject({ runId, status: "failed" });
    expect(data?.reason).toMatch(/exit code 3[\s\S]*loading rows\nno such column/);
    expect(await digits.record(runId)).toMatchObject({ status: "failed", failure: data?.reason });
    expect(await digits.running()).toBeNull();
    expect(digits.world.said.filter(evaluateModel.is)).toEqual([]);
  });

  test("has failed where the command ended well but wrote no model", async () => {
    await digits.apply("echo done");
    const runId = await digits.submit([1]);
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    expect(digits.ended()[0]?.data).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("no model.onnx"),
    });
  });

  test("is stopped by the workspace at its limit and told as timed out", async () => {
    await digits.world.apply(projectYaml(digits.model).replace("timeout: 1h", "timeout: 1s"), {
      "training/train.sh": endlessTraining,
    });
    const runId = await digits.submit([1]);
    await digits.world.deliver(await digits.world.told(runId, "Canceled"));
    expect(digits.ended()[0]?.data).toMatchObject({ runId, status: "timed-out" });
    expect(await digits.running()).toBeNull();
  });

  test("is stopped by Ratchet where it is far over its limit and nobody else has stopped it", async () => {
    await digits.apply(endlessTraining);
    const runId = await digits.submit([1]);
    await digits.world.deliver(await digits.world.told(runId, "Running"));
    const look = digits.world.said.find(checkRun.is);
    if (look) await digits.world.deliver(look, new Date(Date.now() + 2 * 3_600_000));
    expect(digits.ended()[0]?.data).toMatchObject({
      runId,
      status: "timed-out",
      reason: expect.stringContaining("still Running"),
    });
    await digits.world.told(runId, "Canceled");
  });

  test("can be cancelled by POST /api/runs/{runId}/cancel, and a look is set that learns of it", async () => {
    await digits.apply(endlessTraining);
    const runId = await digits.submit([1]);
    await digits.world.told(runId, "Running");
    expect(await cancelRun(digits.world.runner, runId, "r-1", new Date(), log)).toMatchObject({ status: 202 });
    await digits.world.told(runId, "Canceled");
    const look = digits.world.said.filter(checkRun.is).at(-1);
    if (look) await digits.world.deliver(look);
    expect(digits.ended()[0]?.data).toMatchObject({ runId, status: "canceled" });
    expect(await cancelRun(digits.world.runner, runId, "r-2", new Date(), log)).toMatchObject({ status: 409 });
    expect(
      await cancelRun(digits.world.runner, `${digits.model}-00000000000000ff`, "r-3", new Date(), log),
    ).toMatchObject({
      status: 404,
    });
    expect(await cancelRun(digits.world.runner, "jolly_pear", "r-4", new Date(), log)).toMatchObject({ status: 404 });
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
  await digits.world.deliver({ ...event, subject: "experiments/e/runs/jolly_pear", data: { runId: "jolly_pear" } });
  await digits.world.deliver({ ...event, subject: `experiments/e/runs/${digits.model}-00000000000000ff`, data: {} });
  expect(digits.world.said).toEqual([]);
});
