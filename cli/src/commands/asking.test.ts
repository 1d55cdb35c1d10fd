import { readFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { ServiceBusAdministrationClient } from "@azure/service-bus";
import {
  admission,
  admitBatch,
  batchEvidence,
  batchManifest,
  championPointer,
  dataset,
  datasetPage,
  forceModel,
  freezeModel,
  parseEnvelope,
  paths,
  type QueueName,
  queues,
  restoreBatch,
  rollBackModel,
  run,
  thawModel,
  trainModel,
  verdict,
  withdrawBatch,
} from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WrongInputError } from "../errors.ts";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { testBatches, testChampion, testVerdict } from "../testing/records.ts";
import { askToAdmit, askToRestore, askToWithdraw, drawBatch, listBatches, showBatch } from "./batches.ts";
import { askForFreeze, askForThaw } from "./freeze.ts";
import { askForPromotion } from "./promote.ts";
import { askForRollback } from "./rollback.ts";
import { askForTraining } from "./train.ts";

describe("asking for something in the operator's name", () => {
  let stage: TestDeployment;
  beforeAll(async () => {
    stage = await startTestDeployment();
    const { deployment } = stage;
    const log = deployment.documents("batches").log(paths.admissionLog("digits"), admission);
    for (const { batch, file, admittedAt: at } of testBatches) await log.append({ kind: "admitted", batch, file, at });
    await deployment.documents("verdicts").write(paths.verdict("digits", "7"), verdict, testVerdict, "any");
    const { golden: _, signature: __, ...unscored } = testVerdict;
    const rejected = { ...unscored, version: "8", decision: "reject" } as const;
    await deployment.documents("verdicts").write(paths.verdict("digits", "8"), verdict, rejected, "any");
    await deployment.documents("champions").write(paths.champion("digits"), championPointer, testChampion, "any");
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  /** Takes the next message about the model digits from a queue. */
  async function nextOf(queue: QueueName) {
    const bus = stage.deployment.serviceBus();
    const receiver = queues[queue].requiresSession
      ? await bus.acceptSession(queue, "digits", { receiveMode: "receiveAndDelete" })
      : bus.createReceiver(queue, { receiveMode: "receiveAndDelete" });
    try {
      const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
      return parseEnvelope(message?.body);
    } finally {
      await receiver.close();
    }
  }

  test("lists batches as they stand, shows one, and asks to withdraw or to restore it", async () => {
    const { deployment } = stage;
    const [first, second] = testBatches.map(({ batch }) => batch) as [string, string];
    expect((await listBatches(deployment, "digits")).map(({ batch, state }) => [batch, state])).toEqual([
      [first, "waiting"],
      [second, "waiting"],
    ]);
    await expect(askToRestore(deployment, "digits", first, { reason: "x" })).rejects.toThrow(/is not withdrawn/);
    const asked = await askToWithdraw(deployment, "digits", first, { reason: "blurred", train: true });
    expect(asked).toMatchObject({ model: "digits", batch: first, file: "digits/monday.csv", trainedOn: [] });
    const sent = await nextOf("operate-batch");
    expect(sent).toMatchObject({ id: asked.messageId, type: withdrawBatch.type });
    expect(sent.data).toMatchObject({ model: "digits", batch: first, reason: "blurred", train: true });

    const log = deployment.documents("batches").log(paths.admissionLog("digits"), admission);
    const word = { batch: first, at: "2026-11-23T10:00:00.000Z", reason: "blurred", by: "ada", cause: sent.id };
    await log.append({ kind: "withdrawn", ...word });
    const manifest = { ...batchManifest.example, model: "digits", batch: first };
    await deployment.documents("batches").write(paths.batchManifest("digits", first), batchManifest, manifest, "any");
    const ref = { digest: "d".repeat(64), through: 1, batches: 1 };
    const page = { digest: "e".repeat(64), batches: 1, parts: [] };
    const described = { ...dataset.example, model: "digits", batches: 1, pages: [page] };
    const datasets = deployment.documents("datasets");
    await datasets.write(paths.dataset("digits", ref.digest), dataset, described, "any");
    await datasets.write(paths.datasetPage("digits", page.digest), datasetPage, { batches: [first] }, "any");
    const { dataset: _, ...of } = { ...run.example, model: "digits", status: "completed" as const };
    const runs = [
      { ...of, version: "6", dataset: ref },
      // From before data was named by its digest.
      {
        ...of,
        runId: "digits-0000000000000001",
        version: "5",
        batches: [first],
        claimedAt: "2026-11-22T09:00:00.000Z",
      },
      { ...of, runId: "digits-0000000000000002", version: "4", batches: [second] },
    ];
    for (const one of runs)
      await deployment.documents("training").write(paths.run("digits", one.runId), run, one, "any");
    expect(await showBatch(deployment, "digits", first)).toMatchObject({
      state: "withdrawn",
      withdrawn: { reason: "blurred", by: "ada" },
      rows: manifest.rows,
      trainedOn: [
        { version: "5", isChampion: false },
        { runId: of.runId, version: "6", isChampion: true },
      ],
    });
    await expect(askToWithdraw(deployment, "digits", first, { reason: "x" })).rejects.toThrow(
      /withdrawn already, since/,
    );
    await askToRestore(deployment, "digits", first, { reason: "sharp after all" });
    expect(await nextOf("operate-batch")).toMatchObject({
      type: restoreBatch.type,
      data: { reason: "sharp after all" },
    });
    await expect(showBatch(deployment, "digits", "0123456789abcdef")).rejects.toThrow(/`ratchet batches list digits`/);
    await log.append({ kind: "restored", ...word });
  });

  test("lists a batch in quarantine with why, shows and draws the evidence, and asks to admit it", async () => {
    const { deployment } = stage;
    const [model, batch] = ["squares", "3".repeat(16)];
    const documents = deployment.documents("batches");
    const log = documents.log(paths.admissionLog(model), admission);
    const at = "2026-11-23T10:00:00.000Z";
    const admitted = { kind: "admitted", batch: "1".repeat(16), file: "squares/a.csv", at };
    await log.append(admitted);
    await log.append({ ...admitted, kind: "quarantined", batch, file: "squares/b.csv", finding: "Labels go astray." });
    const manifest = { ...batchManifest.example, model, batch };
    await documents.write(paths.batchManifest(model, batch), batchManifest, manifest, "absent");
    const evidence = { ...batchEvidence.example, model, batch };
    await documents.write(paths.batchEvidence(model, batch), batchEvidence, evidence, "absent");

    expect(
      (await listBatches(deployment, model)).map(({ state, quarantined }) => [state, quarantined?.finding]),
    ).toEqual([
      ["waiting", undefined],
      ["quarantined", "Labels go astray."],
    ]);
    const shown = await showBatch(deployment, model, batch);
    expect(shown).toMatchObject({ state: "quarantined", evidence: { fate: "quarantine" } });
    const picture = join(tmpdir(), `${batch}-${process.pid}.svg`);
    await drawBatch(shown, picture);
    expect(await readFile(picture, "utf8")).toContain(`Batch ${batch} of squares: stands out`);
    await expect(drawBatch({ ...shown, evidence: null }, picture)).rejects.toThrow(/there is nothing to draw/);
    await expect(drawBatch(shown, join(picture, "in-a-file.svg"))).rejects.toThrow(WrongInputError);

    const asked = await askToAdmit(deployment, model, batch, { reason: "another camera" });
    const sent = await nextOf("operate-batch");
    expect(sent).toMatchObject({ id: asked.messageId, type: admitBatch.type });
    expect(sent.data).toMatchObject({ model, batch, reason: "another camera", requestedBy: userInfo().username });
    await expect(askToAdmit(deployment, model, admitted.batch, { reason: "x" })).rejects.toThrow(/not in quarantine/);
    await log.append({ kind: "withdrawn", batch, at, reason: "blurred", cause: "c", quarantined: true });
    await expect(askToAdmit(deployment, model, batch, { reason: "x" })).rejects.toThrow(
      /`ratchet batches restore squares 3+` takes it back first/,
    );
  });

  test("sends a wish for training on every batch that is admitted", async () => {
    // The log has two batches, of which one was withdrawn and restored.
    const asked = await askForTraining(stage.deployment, "digits");
    expect(asked).toMatchObject({ model: "digits", through: 4, batches: 2 });
    const sent = await nextOf("train-model");
    expect(sent).toMatchObject({ id: asked.messageId, type: trainModel.type });
    expect(sent.data).toEqual({ model: "digits", through: 4, reason: "request" });
  });

  test("names the moment where training is to be done again, so that the wish is another than before", async () => {
    const again = new Date("2026-11-23T09:08:07.654Z");
    const { messageId } = await askForTraining(stage.deployment, "digits", { again });
    const sent = await nextOf("train-model");
    expect(sent.id).toBe(messageId);
    expect(sent.data).toMatchObject({ again: again.toISOString() });
  });

  test("says who lets training go beyond its budget, and why", async () => {
    await askForTraining(stage.deployment, "digits", { beyondBudget: "the fair is on Monday" });
    const { data } = await nextOf("train-model");
    const beyondBudget = { reason: "the fair is on Monday", requestedBy: userInfo().username };
    expect(data).toMatchObject({ reason: "request", beyondBudget });
    expect(data).not.toHaveProperty("again");
  });

  test("sends a wish for promotion with its reason, and tells what the verdict had been", async () => {
    const asked = await askForPromotion(stage.deployment, "digits", "7", "the holdout is old");
    expect(asked).toMatchObject({ model: "digits", version: "7", verdict: "hold", frozen: false });
    const sent = await nextOf("operate-model");
    expect(sent).toMatchObject({ id: asked.messageId, type: forceModel.type });
    const requestedBy = userInfo().username;
    expect(sent.data).toEqual({ model: "digits", version: "7", reason: "the holdout is old", requestedBy });
  });

  test("sends a wish for rollback that names the version it takes out, and who asked", async () => {
    const asked = await askForRollback(stage.deployment, "digits", "wrong sevens");
    expect(asked).toMatchObject({ model: "digits", from: "6" });
    const sent = await nextOf("operate-model");
    expect(sent).toMatchObject({ id: asked.messageId, type: rollBackModel.type });
    expect(sent.data).toEqual({
      model: "digits",
      from: "6",
      reason: "wrong sevens",
      requestedBy: userInfo().username,
    });
  });

  test("sends a wish to freeze a model with its reason, and one to thaw it only where it is frozen", async () => {
    const { deployment } = stage;
    const requestedBy = userInfo().username;
    await expect(askForThaw(deployment, "digits", "it is over")).rejects.toThrow(/digits is not frozen/);
    const asked = await askForFreeze(deployment, "digits", "the fair");
    expect(asked).toMatchObject({ model: "digits", champion: "6" });
    const freeze = await nextOf("operate-model");
    expect(freeze).toMatchObject({ id: asked.messageId, type: freezeModel.type });
    expect(freeze.data).toEqual({ model: "digits", reason: "the fair", requestedBy });

    const frozen = {
      since: "2026-11-23T10:00:00.000Z",
      reason: "the fair",
      cause: asked.messageId,
      heldBack: { version: "7", since: "2026-11-23T11:00:00.000Z" },
    };
    const champions = deployment.documents("champions");
    await champions.write(paths.champion("digits"), championPointer, { ...testChampion, frozen }, "any");
    await expect(askForFreeze(deployment, "digits", "again")).rejects.toThrow(/frozen already, since 2026-11-23T10/);
    expect(await askForPromotion(deployment, "digits", "7", "all the same")).toMatchObject({ frozen: true });
    await nextOf("operate-model");
    const thawing = await askForThaw(deployment, "digits", "it is over");
    expect(thawing).toMatchObject({ model: "digits", champion: "6", heldBack: "7" });
    const thaw = await nextOf("operate-model");
    expect(thaw).toMatchObject({ id: thawing.messageId, type: thawModel.type });
    expect(thaw.data).toEqual({ model: "digits", reason: "it is over", requestedBy });
  });

  test.each([
    ["training", "no batch of weather is admitted yet", () => askForTraining(stage.deployment, "weather")],
    ["promotion", "weather 1 was never judged", () => askForPromotion(stage.deployment, "weather", "1", "x")],
    [
      "promotion of what could not be scored",
      "digits 8 could not be scored",
      () => askForPromotion(stage.deployment, "digits", "8", "x"),
    ],
    ["rollback", "nothing serves weather", () => askForRollback(stage.deployment, "weather", "x")],
    ["freeze", "nothing serves weather", () => askForFreeze(stage.deployment, "weather", "x")],
  ])("refuses a wish for %s that cannot be granted, before anything is sent", async (_what, words, ask) => {
    const refused = await ask().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WrongInputError);
    expect(String(refused)).toContain(words);
    const { deployment } = stage;
    const namespace = deployment.setting("ServiceBus__fullyQualifiedNamespace");
    const administration = new ServiceBusAdministrationClient(namespace, deployment.credential);
    for (const queue of ["train-model", "operate-model"])
      expect((await administration.getQueueRuntimeProperties(queue)).totalMessageCount, queue).toBe(0);
  });
});
