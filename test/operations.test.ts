import { deadLetterReason, deadLetters } from "@ratchet/cli/commands/dead-letters";
import { endpointOf } from "@ratchet/cli/commands/predict";
import { uploadBundle } from "@ratchet/cli/commands/release";
import { infer, servedRelease } from "@ratchet/cli/inference";
import { readChampion, readVerdict } from "@ratchet/cli/model-records";
import { patience } from "@ratchet/cli/observe/patience";
import { duringTraffic } from "@ratchet/cli/observe/traffic";
import { sendCommand } from "@ratchet/cli/operator";
import { days } from "@ratchet/cli/samples/weather";
import {
  dataAdmitted,
  deployModel,
  messageFailed,
  modelJudged,
  modelPromoted,
  modelRolledBack,
  trainingEnded,
  trainingStarted,
} from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleOfOtherDigest } from "./testing/bundle.ts";
import { messagesOf } from "./testing/copies.ts";
import { canCrashServices, crash } from "./testing/crash.ts";
import { eventsOf } from "./testing/events.ts";
import { keysOf, post } from "./testing/keys.ts";
import { sendCopy, shortenLocks, untilSettled } from "./testing/queues.ts";
import { type Stack, startStack } from "./testing/stack.ts";
import { thresholds, weatherModel } from "./testing/weather.ts";

const { soon } = patience;
const rows = Object.values(days);

/** Training code that never gets to a model. */
const trainingCode = (...lines: readonly string[]) => ["import sys, time", ...lines].join("\n");

describe("Ratchet in operation", { timeout: 120_000 }, () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);
  afterAll(() => stack?.close(), 60_000);

  const championOf = (model: string) => readChampion(stack.running.deployment, model);
  const addressOf = (model: string) => endpointOf(stack.running.deployment, model);

  test("republishes the champion with new inference code, without a failed request", async () => {
    const model = weatherModel(stack, "released");
    await model.apply();
    const first = await model.follow(await model.drop(0, 1));
    const { version, endpoint, code } = first.promoted?.data ?? expect.fail("the first model was not promoted");
    const bundle = await bundleOfOtherDigest(stack.files);
    const { report } = await duringTraffic(stack.running.deployment, endpoint, model.name, rows, async () => {
      const uploaded = await uploadBundle(stack.running.deployment, bundle);
      const { data } = await stack.observer.waitFor(
        modelPromoted,
        (event) => event.data.model === model.name && event.data.cause === "code",
        soon,
      );
      expect(data).toMatchObject({ version, code: uploaded.sha256, previous: { version, code } });
      expect(await servedRelease(stack.running.deployment, endpoint, model.name)).toEqual({
        version,
        code: uploaded.sha256,
      });
    });
    expect(report.failures).toEqual([]);
    expect(report.versions).toEqual({ [version]: report.requests });
  });

  test("rolls back in seconds without a failed request, and what was withdrawn does not come back by a verdict", async () => {
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

    const endpoint = await addressOf(model.name);
    const { report } = await duringTraffic(stack.running.deployment, endpoint, model.name, rows, async (traffic) => {
      const answersBy = (version: string) => async () =>
        (traffic.report().versions[version] ?? 0) > 0 ? true : undefined;
      await stack.observer.until("answers by version 2", answersBy("2"), soon);
      await stack.ratchet("rollback", model.name, "--reason", "summer is too hot");
      await stack.observer.until("answers by version 1", answersBy("1"), 15_000);
      const { data } = await stack.observer.waitFor(modelRolledBack, (event) => event.data.model === model.name, soon);
      expect(data).toMatchObject({
        version: "1",
        from: { version: "2" },
        cause: "request",
        reason: "summer is too hot",
      });
    });
    expect(report.failures).toEqual([]);
    expect(Object.keys(report.versions).sort()).toEqual(["1", "2"]);

    // Its verdict promotes it over version 1, as before, and is refused all the same.
    expect(await readVerdict(stack.running.deployment, model.name, "2")).toMatchObject({
      decision: "promote",
      champion: "1",
    });
    await sendCommand(stack.running.deployment, deployModel, { model: model.name, version: "2", cause: "verdict" });
    const failed = await stack.observer.waitFor(
      messageFailed,
      (event) => event.data.queue === "deploy-model" && event.data.messageSubject.includes(`/${model.name}/`),
      soon,
    );
    expect(failed.data.error).toMatchObject({ name: "RefusedDeploymentError" });
    expect(failed.data.error.message).toContain("taken out of production by a rollback");
    expect(await championOf(model.name)).toMatchObject({
      champion: { version: "1" },
      withdrawn: [{ version: "2" }],
    });
    expect((await infer(stack.running.deployment, endpoint, model.name, rows)).model_version).toBe("1");
  });

  test("does nothing new when every message comes again under another message id", async () => {
    const model = weatherModel(stack, "repeated");
    await model.apply();
    const [file = ""] = await model.drop(0);
    const turn = await model.follow([file]);
    expect(turn.promoted?.data.version).toBe("1");
    const before = await championOf(model.name);
    for (const { queue, envelope } of await messagesOf(stack, model.name, file, turn))
      await sendCopy(stack, queue, envelope);
    await untilSettled(stack, model);

    const events = eventsOf(stack, model.name);
    for (const contract of [dataAdmitted, trainingStarted, trainingEnded, modelJudged, modelPromoted])
      expect(events.count(contract), contract.type).toBe(1);
    expect(events.failures).toEqual([]);
    expect(await championOf(model.name)).toEqual(before);
  });

  test.skipIf(!canCrashServices)("loses and doubles nothing when each service is killed at its work", async () => {
    const model = weatherModel(stack, "crashed");
    await shortenLocks(stack.running.deployment, "PT5S");
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

    const events = eventsOf(stack, model.name);
    expect(events.count(dataAdmitted)).toBe(files.length);
    for (const contract of [trainingStarted, trainingEnded, modelJudged, modelPromoted])
      expect(events.count(contract), contract.type).toBe(1);
    expect(events.failures).toEqual([]);
    expect((await championOf(model.name))?.champion.dataset).toMatchObject({ batches: files.length });
    expect((await infer(stack.running.deployment, await addressOf(model.name), model.name, rows)).model_version).toBe(
      "1",
    );
  });

  test.concurrent.each([
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

  test("holds back a challenger whose run did not vote where gate.triggerFile requires its vote", async () => {
    const model = weatherModel(stack, "unvoted");
    await model.apply({ "gate.triggerFile": "required" });
    const { judged } = await model.follow(await model.drop(0, 1));
    expect(judged.data.decision).toBe("hold");
    expect(judged.data.reasons[0]).toContain("did not write the file trigger");
    expect(await championOf(model.name)).toBeUndefined();
  });

  test("trains when asked by HTTP with the function's key, by the command line, and by the schedule", {
    timeout: 300_000,
  }, async () => {
    const model = weatherModel(stack, "asked");
    const patient = { "data.quietPeriod": "1h", "data.maxWait": "2h", "gate.thresholds": thresholds.unreachable };
    await model.apply(patient);
    const { observer, running } = stack;
    const [file = ""] = await model.drop(0);
    await observer.waitFor(dataAdmitted, ({ data }) => data.file === file, soon);
    const watcher = running.addresses["data-watcher"];
    const keys = await keysOf(running.deployment, "data-watcher");
    const ask = (key?: string) => post(`${watcher}/api/train`, { model: model.name }, key);
    expect((await ask()).status).toBe(401);
    expect((await ask("not the key")).status).toBe(401);
    const accepted = await ask(keys.function);
    expect(accepted.status).toBe(202);
    expect(await accepted.json()).toMatchObject({ model: model.name, batches: 1 });

    const judged = (version: string) =>
      observer.waitFor(modelJudged, ({ data }) => data.model === model.name && data.version === version, soon);
    await judged("1");
    await stack.ratchet("train", model.name, "--again");
    await judged("2");

    await model.apply({ ...patient, schedule: "* * * * * *" });
    // The timer looks every minute; its function may be run at once, as in the portal. The first look begins the count.
    const lookAndSee = async () => {
      expect((await post(`${watcher}/admin/functions/schedule`, {}, keys.master)).status).toBe(202);
      return observer
        .waitFor(trainingStarted, ({ data }) => data.model === model.name && data.reason === "schedule", 1_000)
        .catch(() => undefined);
    };
    await observer.until("training by the schedule", lookAndSee, 3 * 60_000);
    await judged("3");
    const started = observer.all(trainingStarted).filter(({ data }) => data.model === model.name);
    expect(started.map(({ data }) => data.reason)).toEqual(["request", "request", "schedule"]);
  });

  test("finishes or ends what was in flight when everything is stopped and started again", async () => {
    const kept = weatherModel(stack, "kept");
    const interrupted = weatherModel(stack, "interrupted");
    await kept.apply();
    expect((await kept.follow(await kept.drop(0))).promoted?.data.version).toBe("1");
    const endpoint = await addressOf(kept.name);
    const [lost = ""] = await weatherModel(stack, "unknown").drop(0);
    await stack.observer.waitFor(messageFailed, ({ data }) => data.messageSubject.endsWith(lost), soon);
    await interrupted.apply({}, trainingCode('print("half way", flush=True)', "time.sleep(600)"));
    await interrupted.drop(0);
    const halfWay = async () =>
      stack.jobOutput.find(({ job, line }) => job.startsWith("interrupted-") && line === "half way");
    const job = await stack.observer.until("training half way", halfWay, soon);

    await stack.restart();
    expect((await infer(stack.running.deployment, endpoint, kept.name, rows)).model_version).toBe("1");
    const { data } = await stack.observer.waitFor(trainingEnded, (event) => event.data.runId === job.job, soon);
    expect(data).toMatchObject({ model: "interrupted", status: "failed" });
    expect(data.reason).toContain("stopped while the job ran");
    const letterOf = async () =>
      (await deadLetters(stack.running.deployment, "data-dropped")).find(({ envelope }) =>
        envelope?.subject.endsWith(lost),
      );
    const letter = await stack.observer.until("the dead letter of before", letterOf, soon);
    expect(deadLetterReason(letter)).toContain("no model named unknown is applied");
    await interrupted.apply();
    const next = await interrupted.follow(await interrupted.drop(1));
    expect(next.started.data.batches).toHaveLength(2);
    expect(next.promoted?.data.version).toBe("2");
  });
});
