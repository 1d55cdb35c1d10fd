import { userInfo } from "node:os";
import { ServiceBusAdministrationClient } from "@azure/service-bus";
import {
  admissions,
  championPointer,
  deployModel,
  parseEnvelope,
  paths,
  type QueueName,
  queues,
  rollBackModel,
  trainModel,
  verdict,
} from "@ratchet/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WrongInputError } from "../errors.ts";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { testAdmissions, testChampion, testVerdict } from "../testing/records.ts";
import { askForPromotion } from "./promote.ts";
import { askForRollback } from "./rollback.ts";
import { askForTraining } from "./train.ts";

describe("asking for something in the operator's name", () => {
  let stage: TestDeployment;
  beforeAll(async () => {
    stage = await startTestDeployment();
    const { deployment } = stage;
    await deployment.documents("batches").write(paths.admissions("digits"), admissions, testAdmissions, "any");
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

  test("sends a wish for training on every batch that is admitted", async () => {
    const batches = testAdmissions.batches.map(({ batch }) => batch);
    const asked = await askForTraining(stage.deployment, "digits");
    expect(asked).toMatchObject({ model: "digits", batches });
    const sent = await nextOf("train-model");
    expect(sent).toMatchObject({ id: asked.messageId, type: trainModel.type });
    expect(sent.data).toEqual({ model: "digits", batches, reason: "request" });
  });

  test("names the moment where training is to be done again, so that the wish is another than before", async () => {
    const again = new Date("2026-11-23T09:08:07.654Z");
    const { messageId } = await askForTraining(stage.deployment, "digits", { again });
    const sent = await nextOf("train-model");
    expect(sent.id).toBe(messageId);
    expect(sent.data).toMatchObject({ again: again.toISOString() });
  });

  test("sends a wish for promotion with its reason, and tells what the verdict had been", async () => {
    const asked = await askForPromotion(stage.deployment, "digits", "7", "the holdout is old");
    expect(asked).toMatchObject({ model: "digits", version: "7", verdict: "hold" });
    const sent = await nextOf("deploy-model");
    expect(sent).toMatchObject({ id: asked.messageId, type: deployModel.type });
    expect(sent.data).toEqual({ model: "digits", version: "7", cause: "forced", reason: "the holdout is old" });
  });

  test("sends a wish for rollback that names the version it takes out, and who asked", async () => {
    const asked = await askForRollback(stage.deployment, "digits", "wrong sevens");
    expect(asked).toMatchObject({ model: "digits", from: "6" });
    const sent = await nextOf("deploy-model");
    expect(sent).toMatchObject({ id: asked.messageId, type: rollBackModel.type });
    expect(sent.data).toEqual({
      model: "digits",
      from: "6",
      reason: "wrong sevens",
      requestedBy: userInfo().username,
    });
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
  ])("refuses a wish for %s that cannot be granted, before anything is sent", async (_what, words, ask) => {
    const refused = await ask().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WrongInputError);
    expect(String(refused)).toContain(words);
    const { deployment } = stage;
    const namespace = deployment.setting("ServiceBus__fullyQualifiedNamespace");
    const administration = new ServiceBusAdministrationClient(namespace, deployment.credential);
    for (const queue of ["train-model", "deploy-model"])
      expect((await administration.getQueueRuntimeProperties(queue)).totalMessageCount, queue).toBe(0);
  });
});
