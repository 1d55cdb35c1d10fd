import {
  dataAdmitted,
  deployModel,
  type Envelope,
  evaluateModel,
  messageFailed,
  modelJudged,
  modelPromoted,
  modelRolledBack,
  paths,
  run,
  trainingEnded,
  trainingStarted,
  trainModel,
  verdict,
} from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deadLetters, reasonOf } from "../cli/src/commands/dead-letters.ts";
import { infer } from "../cli/src/commands/predict.ts";
import { releaseCode } from "../cli/src/commands/release.ts";
import { patience } from "../cli/src/demo/stage.ts";
import { startTraffic } from "../cli/src/demo/traffic.ts";
import { sendCommand } from "../cli/src/operator.ts";
import { canCrashServices, crash } from "./support/crash.ts";
import { keysOf } from "./support/keys.ts";
import { pointerOf, servedBy } from "./support/production.ts";
import { sendCopy, shortenLocks, untilSettled } from "./support/queues.ts";
import { releaseOfOtherDigest } from "./support/release.ts";
import { type Stack, startStack } from "./support/stack.ts";
import { days, thresholds, weatherModel } from "./support/weather.ts";

const { soon } = patience;

/** Training code that never gets to a model. */
const trainingCode = (...lines: readonly string[]) => ["import sys, time", ...lines].join("\n");

describe("Ratchet in operation", { timeout: 90_000 }, () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);
  afterAll(() => stack?.close(), 60_000);

  const idsOf = (events: readonly Envelope[]) => [...new Set(events.map(({ id }) => id))];
  const endpointOf = async (model: string) => (await pointerOf(stack, model))?.endpoint ?? "";

  it("republishes the champion with new inference code, without a failed request", async () => {
    const model = weatherModel(stack, "released");
    await model.apply();
    const first = await model.follow(await model.drop(0, 1));
    const { version, endpoint, code } = first.promoted?.data ?? expect.fail("the first model was not promoted");
    const traffic = startTraffic(endpoint, model.name, days);
    const released = await releaseCode(stack.running.deployment, await releaseOfOtherDigest(stack.files));
    const { data } = await stack.observer.waitFor(
      modelPromoted,
      ({ data }) => data.model === model.name && data.cause === "code",
      soon,
    );
    const report = await traffic.stop();
    expect(data).toMatchObject({ version, code: released.sha256, previous: { version, code } });
    expect(await servedBy(endpoint, model.name)).toEqual({ version, code: released.sha256 });
    expect(report.failures).toEqual([]);
    expect(report.versions).toEqual({ [version]: report.requests });
  });

  it("rolls back in seconds without a failed request, and what was withdrawn does not come back by a verdict", async () => {
    const model = weatherModel(stack, "rolled-back");
    await model.apply();
    // Winter alone, then two whole years: on summer's days the second is better beyond doubt.
    const first = await model.follow(await model.drop(0, 1));
    expect(first.promoted?.data.version).toBe("1");
    const second = await model.follow(await model.dropTogether(2, 24));
    expect(second.promoted?.data, second.judged.data.reasons.join("; ")).toMatchObject({
      version: "2",
      cause: "verdict",
    });
    expect(second.started.data.warmStart).toBe("1");

    const endpoint = await endpointOf(model.name);
    const traffic = startTraffic(endpoint, model.name, days);
    await stack.ratchet("rollback", model.name, "--reason", "summer is too hot");
    const asked = performance.now();
    const answered = (version: string) => async () =>
      (traffic.report().versions[version] ?? 0) > 0 ? true : undefined;
    await stack.observer.until("answers by version 1", answered("1"), soon);
    const seconds = (performance.now() - asked) / 1000;
    const { data } = await stack.observer.waitFor(modelRolledBack, (event) => event.data.model === model.name, soon);
    const report = await traffic.stop();
    expect(data).toMatchObject({ version: "1", from: { version: "2" }, cause: "request", reason: "summer is too hot" });
    expect(seconds).toBeLessThan(15);
    expect(report.failures).toEqual([]);
    expect(Object.keys(report.versions).sort()).toEqual(["1", "2"]);

    // The same challenger judged once more: better than version 1 as before, and refused all the same.
    const judged = (
      await stack.running.deployment
        .documents("verdicts")
        .read(paths.verdict(model.name, "2"), (json) => verdict.parse(json))
    )?.value;
    const { runId, onnx, trainedOn } = judged ?? expect.fail("there is no verdict on version 2");
    await sendCommand(stack.running.deployment, evaluateModel, {
      model: model.name,
      version: "2",
      ...(runId === undefined ? {} : { runId }),
      onnx: { container: onnx.container, path: onnx.path },
      trainedOn,
    });
    const failed = await stack.observer.waitFor(
      messageFailed,
      (event) => event.data.queue === "deploy-model" && event.data.messageSubject.includes(`/${model.name}/`),
      soon,
    );
    expect(failed.data.error).toMatchObject({ name: "RefusedDeploymentError" });
    expect(failed.data.error.message).toContain("taken out of production by a rollback");
    expect(await pointerOf(stack, model.name)).toMatchObject({
      champion: { version: "1" },
      withdrawn: [{ version: "2" }],
    });
    expect((await infer(endpoint, model.name, days)).model_version).toBe("1");
  });

  it("does nothing new when every message comes again under another message id", async () => {
    const model = weatherModel(stack, "repeated");
    await model.apply();
    const [file = ""] = await model.drop(0);
    const turn = await model.follow([file]);
    expect(turn.promoted?.data.version).toBe("1");
    const { batches, runId, version } = turn.started.data;
    const { deployment } = stack.running;
    const before = await pointerOf(stack, model.name);
    const record = (
      await deployment.documents("training").read(paths.run(model.name, runId), (json) => run.parse(json))
    )?.value;
    const judged = (
      await deployment.documents("verdicts").read(paths.verdict(model.name, version), (json) => verdict.parse(json))
    )?.value;

    // The messages as they were said: the state they led to remembers their ids, so these are the very same.
    const says = (source: string, cause: string) => ({ source, cause, time: new Date() });
    const train = trainModel.build(
      { model: model.name, batches, reason: "data" },
      says("data-watcher", `data/${model.name}`),
    );
    const onnx = { container: "runs", path: paths.runModel(runId) };
    const evaluate = evaluateModel.build(
      { model: model.name, version, runId, onnx, trainedOn: batches, votedToDeploy: false },
      says("training-runner", runId),
    );
    const deploy = deployModel.build({ model: model.name, version, cause: "verdict" }, says("evaluator", evaluate.id));
    expect([train.id, evaluate.id, deploy.id]).toEqual([record?.command, judged?.cause, before?.champion.cause]);
    const blob = deployment.container("drops").getBlobClient(file);
    const { etag } = await blob.getProperties();
    const dropped: Envelope = {
      specversion: "1.0",
      id: turn.admitted[0]?.causationid ?? "",
      source: "/subscriptions/x/storageAccounts/x",
      type: "Microsoft.Storage.BlobCreated",
      subject: `/blobServices/default/containers/drops/blobs/${file}`,
      time: new Date().toISOString(),
      data: { api: "PutBlob", eTag: etag?.replaceAll('"', ""), url: blob.url },
    };
    await sendCopy(stack, "data-dropped", dropped);
    await sendCopy(stack, "train-model", train);
    await sendCopy(stack, "evaluate-model", evaluate);
    await sendCopy(stack, "deploy-model", deploy);
    await untilSettled(stack, model);

    const all = stack.observer.events.filter(({ data }) => (data as { readonly model?: string }).model === model.name);
    for (const contract of [dataAdmitted, trainingStarted, trainingEnded, modelJudged, modelPromoted])
      expect(idsOf(all.filter(contract.is)), contract.type).toHaveLength(1);
    expect(await pointerOf(stack, model.name)).toEqual(before);
    expect(
      idsOf(stack.observer.all(messageFailed).filter(({ data }) => data.messageSubject.includes(model.name))),
    ).toEqual([]);
  });

  it.skipIf(!canCrashServices)("loses and doubles nothing when each service is killed at its work", async () => {
    const model = weatherModel(stack, "crashed");
    await shortenLocks(stack);
    // Longer than the locks: what a crash holds up still comes in time for the one run.
    await model.apply({ "data.quietPeriod": "10s" });
    const { observer, running } = stack;
    const countPackages = async () => {
      const found: string[] = [];
      for await (const { name } of running.deployment.container("packages").listBlobsFlat()) found.push(name);
      return found.length;
    };
    const packages = await countPackages();
    const files = await model.drop(...Array.from({ length: 12 }, (_, month) => month));
    await observer.waitFor(dataAdmitted, ({ data }) => data.model === model.name, soon);
    await crash("data-watcher");
    const turn = model.follow(files);
    const { data: started } = await observer.waitFor(trainingStarted, ({ data }) => data.model === model.name, soon);
    await crash("training-runner");
    await observer.waitFor(trainingEnded, ({ data }) => data.runId === started.runId, soon);
    await crash("evaluator");
    await observer.until("a package", async () => ((await countPackages()) > packages ? true : undefined), soon);
    await crash("deployer");
    const { promoted } = await turn;
    expect(promoted?.data.version).toBe("1");
    await untilSettled(stack, model);

    const all = observer.events.filter(({ data }) => (data as { readonly model?: string }).model === model.name);
    expect(idsOf(all.filter(dataAdmitted.is))).toHaveLength(files.length);
    for (const contract of [trainingStarted, trainingEnded, modelJudged, modelPromoted])
      expect(idsOf(all.filter(contract.is)), contract.type).toHaveLength(1);
    expect((await pointerOf(stack, model.name))?.champion.trainedOn).toHaveLength(files.length);
    expect((await infer(await endpointOf(model.name), model.name, days)).model_version).toBe("1");
    expect(idsOf(observer.all(messageFailed).filter(({ data }) => data.messageSubject.includes(model.name)))).toEqual(
      [],
    );
  });

  it.concurrent.each([
    {
      what: "fails",
      name: "failing",
      changes: {},
      code: trainingCode('print("the learning rate is a word")', "sys.exit(1)"),
      status: "failed",
      line: "the learning rate is a word",
    },
    {
      what: "exceeds its timeout",
      name: "too-slow",
      changes: { "training.timeout": "3s" },
      code: trainingCode('print("epoch 1 of a million")', "time.sleep(600)"),
      status: "timed-out",
      line: "epoch 1 of a million",
    },
    {
      what: "writes no model",
      name: "empty-handed",
      changes: {},
      code: trainingCode('print("all done, or so it seems")'),
      status: "failed",
      line: "all done, or so it seems",
    },
  ])("ends a training that $what as $status with its last line, and trains the next drop", async (example) => {
    const { name, changes, code, status, line } = example;
    const model = weatherModel(stack, name);
    await model.apply(changes, code);
    await model.drop(0);
    const { data } = await stack.observer.waitFor(trainingEnded, (event) => event.data.model === name, soon);
    expect(data.status, data.reason).toBe(status);
    expect(data.reason).toContain(line);
    expect(data.version).toBeUndefined();
    await model.apply({ "gate.thresholds": thresholds.unreachable });
    const { ended, judged, started } = await model.follow(await model.drop(1));
    expect(ended.data).toMatchObject({ status: "completed", version: "2" });
    expect(started.data.batches).toHaveLength(2);
    expect(judged.data.decision).toBe("reject");
    // No model waits for the judge because he has just judged others.
    expect(Date.parse(judged.time) - Date.parse(ended.time)).toBeLessThan(20_000);
  });

  it("holds back a challenger whose run did not vote where gate.triggerFile requires its vote", async () => {
    const model = weatherModel(stack, "unvoted");
    await model.apply({ "gate.triggerFile": "required" });
    const { judged } = await model.follow(await model.drop(0, 1));
    expect(judged.data.decision).toBe("hold");
    expect(judged.data.reasons[0]).toContain("did not write the file trigger");
    expect(await pointerOf(stack, model.name)).toBeUndefined();
  });

  it("trains when asked by HTTP with the function's key, by the command line, and by the schedule", async () => {
    const model = weatherModel(stack, "asked");
    await model.apply({
      "data.quietPeriod": "1h",
      "data.maxWait": "2h",
      "gate.thresholds": thresholds.unreachable,
    });
    const { observer, running } = stack;
    const [file = ""] = await model.drop(0);
    await observer.waitFor(dataAdmitted, ({ data }) => data.file === file, soon);
    const watcher = running.addresses["data-watcher"];
    const keys = await keysOf(stack, "data-watcher");
    const ask = (key: string) =>
      fetch(`${watcher}/api/train`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(key ? { "x-functions-key": key } : {}) },
        body: JSON.stringify({ model: model.name }),
      });
    expect((await ask("")).status).toBe(401);
    expect((await ask("not the key")).status).toBe(401);
    const accepted = await ask(keys.function);
    expect(accepted.status).toBe(202);
    expect(await accepted.json()).toMatchObject({ model: model.name, batches: 1 });

    const judged = (version: string) =>
      observer.waitFor(modelJudged, ({ data }) => data.model === model.name && data.version === version, soon);
    const reasons = () =>
      observer
        .all(trainingStarted)
        .filter(({ data }) => data.model === model.name)
        .map(({ data }) => [data.version, data.reason]);
    await judged("1");
    await stack.ratchet("train", model.name, "--again");
    await judged("2");
    expect(reasons()).toEqual([
      ["1", "request"],
      ["2", "request"],
    ]);

    // The timer asks at every minute; an administrator may have it look at once.
    await model.apply({
      "data.quietPeriod": "1h",
      "data.maxWait": "2h",
      "gate.thresholds": thresholds.unreachable,
      schedule: "* * * * * *",
    });
    const look = () =>
      fetch(`${watcher}/admin/functions/schedule`, {
        method: "POST",
        headers: { "x-functions-key": keys.master, "content-type": "application/json" },
        body: "{}",
      });
    await observer.until(
      "training by the schedule",
      async () => {
        expect((await look()).status).toBe(202);
        return observer
          .waitFor(trainingStarted, ({ data }) => data.model === model.name && data.reason === "schedule", 1_000)
          .catch(() => undefined);
      },
      soon,
    );
    await judged("3");
    expect(reasons()).toEqual([
      ["1", "request"],
      ["2", "request"],
      ["3", "schedule"],
    ]);
  });

  it("finishes or ends what was in flight when everything is stopped and started again", async () => {
    const kept = weatherModel(stack, "kept");
    const interrupted = weatherModel(stack, "interrupted");
    await kept.apply();
    expect((await kept.follow(await kept.drop(0))).promoted?.data.version).toBe("1");
    const endpoint = await endpointOf(kept.name);
    const [lost = ""] = await weatherModel(stack, "unknown").drop(0);
    await stack.observer.waitFor(messageFailed, ({ data }) => data.messageSubject.endsWith(lost), soon);
    await interrupted.apply({}, trainingCode('print("half way", flush=True)', "time.sleep(600)"));
    await interrupted.drop(0);
    const halfWay = async () =>
      stack.jobOutput.find(({ job, line }) => job.startsWith("interrupted-") && line === "half way");
    const job = await stack.observer.until("training half way", halfWay, soon);

    await stack.restart();
    expect((await infer(endpoint, kept.name, days)).model_version).toBe("1");
    const { data } = await stack.observer.waitFor(trainingEnded, (event) => event.data.runId === job.job, soon);
    expect(data).toMatchObject({ model: "interrupted", status: "failed" });
    expect(data.reason).toContain("stopped while the job ran");
    const letters = await deadLetters(stack.running.deployment, "data-dropped");
    expect(
      letters.find(({ envelope }) => envelope?.subject.endsWith(lost)),
      "the dead letter of before",
    ).toBeDefined();
    expect(letters.map(reasonOf).join()).toContain("no model named unknown is applied");
    await interrupted.apply();
    const next = await interrupted.follow(await interrupted.drop(1));
    expect(next.started.data.batches).toHaveLength(2);
    expect(next.promoted?.data.version).toBe("2");
  });
});
