import { writeFile } from "node:fs/promises";
import { azureEvents, blobSubject, checkRun, evaluateModel, paths, trainingStarted } from "@ratchet/contracts";
import { until } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { batchId, endlessTraining, goodTraining, trace, useDigits } from "../testing/digits.ts";
import { projectYaml } from "../testing/project-yaml.ts";
import { trainingCsv } from "../testing/rows.ts";

const digits = useDigits();

describe("a run that completes", () => {
  test("is submitted with its code and rows, and what comes of it is registered and judged", async () => {
    const { version: definitionVersion } = await digits.apply();
    const runId = await digits.submit(2);
    expect(digits.started()[0]?.data).toMatchObject({ runId, version: "1", warmStart: null, definitionVersion });
    await digits.world.deliver(await digits.world.told(runId, "Completed"));

    expect(await digits.world.textOf("runs", paths.runModel(runId))).toBe(trainingCsv(1) + trainingCsv(2));
    expect(digits.ended().map(({ data }) => data)).toEqual([
      expect.objectContaining({ runId, status: "completed", version: "1" }),
    ]);
    expect(digits.heard(evaluateModel).map(({ data }) => data)).toEqual([
      {
        model: digits.model,
        version: "1",
        runId,
        onnx: { container: "runs", path: `${runId}/model/model.onnx` },
        dataset: { digest: expect.any(String), through: 2, batches: 2 },
        trainedOn: [],
        votedToDeploy: false,
      },
    ]);
    expect(await digits.record(runId)).toMatchObject({
      status: "completed",
      version: "1",
      codeSha256: expect.any(String),
    });
    expect(await digits.running()).toBeNull();
    await until("the registered model", () =>
      digits.world.workspaceEvents.find(
        ({ type, subject }) => type === azureEvents.modelRegistered && subject === `models/${digits.model}:1`,
      ),
    );
  });

  test("leaves a model that no job can change any more: what is written over it later changes nothing", async () => {
    await digits.apply();
    const runId = await digits.submit(1);
    const ended = await digits.world.told(runId, "Completed");
    await digits.world.deliver(ended);
    const model = await digits.world.textOf("runs", paths.runModel(runId));
    await digits.world.put("outputs", paths.runModel(runId), "a worse model");
    await digits.world.deliver(ended);
    expect(await digits.world.textOf("runs", paths.runModel(runId))).toBe(model);
    await digits.world.deliver(digits.command(2));
    const second = (await digits.running())?.runId ?? "";
    await digits.world.deliver(await digits.world.told(second, "Completed"));
    expect(digits.ended().map(({ data }) => data.status)).toEqual(["completed", "completed"]);
    expect(await digits.world.textOf("runs", paths.runModel(second))).not.toContain("a worse model");
  });

  test("is learned of by _DONE.json, looking again shortly while the job is still finalizing", async () => {
    await digits.apply();
    const runId = await digits.submit(1);
    const subject = blobSubject("outputs", paths.runDone(runId));
    const done = await until("_DONE.json", () => digits.world.blobEvents.find((event) => event.subject === subject));
    await digits.world.deliver(done);
    if (digits.ended().length === 0) {
      const look = digits.heard(checkRun).at(-1);
      expect(Number(Object(look).notBefore) - Date.now()).toBeLessThan(5000);
      await digits.world.told(runId, "Completed");
      await digits.world.deliver(look);
    }
    expect(digits.ended().map(({ data }) => data.status)).toEqual(["completed"]);
  });

  test("is learned of by its scheduled look alone, which moves itself on until then", async () => {
    await digits.apply(`while [ ! -e ../go ]; do sleep 0.05; done; ${goodTraining}`.replace("../go", digits.gate()));
    const runId = await digits.submit(1);
    const looks = () => digits.heard(checkRun);
    const lastLook = () => looks().at(-1);
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
    const runId = await digits.submit(1);
    const event = await digits.world.told(runId, "Completed");
    const signals = [event, { ...event, id: "another" }, ...digits.heard(checkRun)];
    await Promise.all(signals.map((signal) => digits.world.deliver(signal)));
    await digits.world.deliver(event);
    expect(digits.ended()).toHaveLength(1);
    for (const said of digits.ended()) expect(digits.world.recorder.timesSaid(said)).toBe(1);
    expect(digits.heard(evaluateModel)).toHaveLength(1);
    expect((await digits.slot()).ended).toEqual([runId]);
  });

  test("is seen to by another message after a minute where the first that was told of it came to nothing", async () => {
    await digits.apply();
    const runId = await digits.submit(1);
    const event = await digits.world.told(runId, "Completed");
    digits.world.recorder.breath = 0;
    await expect(digits.world.deliver(event)).rejects.toThrow("the process ends here");
    digits.world.recorder.breath = Number.POSITIVE_INFINITY;
    const look = () => digits.heard(checkRun).at(-1);
    await digits.world.deliver(look());
    expect(digits.ended()).toEqual([]);
    expect(look()).toMatchObject({ data: { look: 2 } });
    await digits.world.deliver(look(), new Date(Date.now() + 61_000));
    expect(digits.ended()).toHaveLength(1);
  });

  test("goes on in the trace of the message that started it", async () => {
    await digits.apply();
    const runId = await digits.submit(1);
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    expect(digits.started()[0]?.traceparent?.slice(3, 35)).toBe(trace);
    expect(digits.ended()[0]?.traceparent?.slice(3, 35)).toBe(trace);
  });

  test("votes to deploy where it writes the file trigger", async () => {
    await digits.apply(`${goodTraining}; touch "$6/trigger"`);
    const runId = await digits.submit(1);
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    expect(digits.heard(evaluateModel)[0]?.data.votedToDeploy).toBe(true);
  });

  test("starts from the champion where there is one, and from nothing where the definition says so", async () => {
    await digits.apply();
    const first = await digits.submit(1);
    await digits.world.deliver(await digits.world.told(first, "Completed"));
    const sha = "0".repeat(64);
    const onnx = { container: "runs", path: paths.runModel(first) };
    const release = {
      version: "1",
      code: sha,
      package: sha,
      runId: first,
      trainedOn: [batchId(1)],
      onnx,
      verdict: "v",
    };
    const champion = { ...release, promotedAt: new Date().toISOString() };
    const pointer = { model: digits.model, champion, previous: null, withdrawn: [], endpoint: "https://localhost:1" };
    await digits.world.put("champions", paths.champion(digits.model), JSON.stringify(pointer));

    const second = await digits.submit(2);
    expect(digits.started().at(-1)?.data).toMatchObject({ version: "2", warmStart: "1" });
    await digits.world.deliver(await digits.world.told(second, "Completed"));
    expect(await digits.world.textOf("runs", paths.runModel(second))).toBe(
      trainingCsv(1) + trainingCsv(2) + trainingCsv(1),
    );

    await digits.apply(goodTraining, "  warmStart: false");
    await digits.submit(3);
    expect(digits.started().at(-1)?.data).toMatchObject({ version: "3", warmStart: null });
  });
});

describe("a run that does not complete", () => {
  test("says why, with the last of its output, and frees the slot", async () => {
    await digits.apply("echo loading rows; echo no such column >&2; exit 3");
    const runId = await digits.submit(1);
    await digits.world.deliver(await digits.world.told(runId, "Failed"));
    const [{ data } = { data: undefined }] = digits.ended();
    expect(data).toMatchObject({ runId, status: "failed" });
    expect(data?.reason).toMatch(/exit code 3[\s\S]*loading rows\nno such column/);
    expect(await digits.record(runId)).toMatchObject({ status: "failed", failure: data?.reason });
    expect(await digits.running()).toBeNull();
    expect(digits.heard(evaluateModel)).toEqual([]);
  });

  test("has failed where the command ended well but wrote no model", async () => {
    await digits.apply("echo done");
    const runId = await digits.submit(1);
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
    const runId = await digits.submit(1);
    await digits.world.deliver(await digits.world.told(runId, "Canceled"));
    expect(digits.ended()[0]?.data).toMatchObject({ runId, status: "timed-out" });
    expect(await digits.running()).toBeNull();
  });

  test("is stopped by Ratchet where it is far over its limit and nobody else has stopped it", async () => {
    await digits.apply(endlessTraining);
    const runId = await digits.submit(1);
    await digits.world.deliver(await digits.world.told(runId, "Running"));
    const now = new Date(Date.now() + 2 * 3_600_000);
    await digits.world.deliver(digits.heard(checkRun)[0], now);
    expect(await digits.record(runId)).toMatchObject({
      status: "submitted",
      stopping: { status: "timed-out", reason: expect.stringContaining("still Running"), at: now.toISOString() },
    });
    // The slot is held until the job is no more.
    expect(await digits.running()).not.toBeNull();
    expect(digits.ended()).toEqual([]);
    await digits.world.deliver(await digits.world.told(runId, "Canceled"), now);
    expect(digits.ended()[0]?.data).toMatchObject({
      runId,
      status: "timed-out",
      reason: expect.stringMatching(/still Running[\s\S]*started/),
    });
    expect(await digits.running()).toBeNull();
  });

  test("has failed where its job waits for a place longer than training.startTimeout, and does not run any more", async () => {
    const onePlace = projectYaml(digits.model, "  startTimeout: 10m").replace("cpu-cluster", "one-place");
    const blocker = { "training/train.sh": endlessTraining };
    await digits.world.apply(projectYaml("blocker").replace("cpu-cluster", "one-place"), blocker);
    await digits.admit(1, "blocker");
    const { data, ...blocking } = digits.command(1);
    await digits.world.deliver({ ...blocking, id: "blocking", data: { ...data, model: "blocker" } });
    const first = digits.world.recorder.heard(trainingStarted)[0]?.data.runId ?? "";
    await digits.world.told(first, "Running");

    await digits.world.apply(onePlace, { "training/train.sh": goodTraining });
    const runId = await digits.submit(1);
    await digits.world.told(runId, "Queued");
    const look = () => digits.heard(checkRun).at(-1);
    const submittedAt = Date.parse((await digits.record(runId))?.submittedAt ?? "");
    await digits.world.deliver(look(), new Date(submittedAt + 599_999));
    expect(await digits.record(runId)).not.toHaveProperty("stopping");
    await digits.world.deliver(look(), new Date(submittedAt + 600_000));
    expect(await digits.running()).not.toBeNull();
    await digits.world.deliver(await digits.world.told(runId, "Canceled"), new Date(submittedAt + 600_500));
    expect(digits.ended().at(-1)?.data).toMatchObject({
      runId,
      status: "failed",
      reason: expect.stringMatching(/^still Queued 10 min after it was submitted.*training\.startTimeout/),
    });
    expect(await digits.running()).toBeNull();
    await digits.world.runner.workspace.cancel(first);
  });
});

test("every line that is logged of a look names the model and the run", async () => {
  await digits.apply();
  const runId = await digits.submit(1);
  const event = await digits.world.told(runId, "Completed");
  const before = digits.world.logged.length;
  await digits.world.deliver(event);
  const lines = digits.world.logged.slice(before);
  expect(lines.map(({ message }) => message)).toEqual(["ended: completed"]);
  for (const line of lines) expect(line).toMatchObject({ model: digits.model, run: runId });
});

test("runs that are not Ratchet's are passed over", async () => {
  const event = {
    specversion: "1.0",
    id: "x",
    source: "/x",
    type: azureEvents.runCompleted,
    time: new Date().toISOString(),
  } as const;
  await digits.world.deliver({ ...event, subject: "experiments/e/runs/jolly_pear", data: { runId: "jolly_pear" } });
  await digits.world.deliver({ ...event, subject: `experiments/e/runs/${digits.model}-00000000000000ff`, data: {} });
  expect(digits.world.recorder.said).toEqual([]);
});
