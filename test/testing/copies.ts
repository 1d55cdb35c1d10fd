import { readChampion, readVerdict } from "@ratchet/cli/model-records";
import type { Turn } from "@ratchet/cli/observe/turn";
import {
  azureEvents,
  blobSubject,
  deployModel,
  type Envelope,
  evaluateModel,
  paths,
  type QueueName,
  run,
  trainModel,
} from "@ratchet/contracts";
import type { Stack } from "./stack.ts";

/** A message that was sent before. */
interface Copy {
  readonly queue: QueueName;
  readonly envelope: Envelope;
}

/**
 * The messages that put a model's first version into production, as they were sent: made anew from what a message's
 * identity is made of.
 * @throws {Error} when the state they led to remembers other ids: then these are no copies.
 */
export async function messagesOf(stack: Stack, model: string, file: string, turn: Turn): Promise<readonly Copy[]> {
  const { deployment } = stack.running;
  const { dataset, runId, version } = turn.started.data;
  const says = (source: string, cause: string) => ({ source, cause, time: new Date() });
  const train = trainModel.build(
    { model, through: dataset?.through, reason: "data" },
    says("data-watcher", `data/${model}`),
  );
  const onnx = { container: "runs", path: paths.runModel(runId) };
  const evaluate = evaluateModel.build(
    { model, version, runId, onnx, dataset, trainedOn: [], votedToDeploy: false },
    says("training-runner", runId),
  );
  const deploy = deployModel.build({ model, version, cause: "verdict" }, says("evaluator", evaluate.id));

  const record = await deployment.documents("training").read(paths.run(model, runId), run);
  const remembered = {
    train: record?.value.command,
    evaluate: (await readVerdict(deployment, model, version))?.cause,
    deploy: (await readChampion(deployment, model))?.champion.cause,
  };
  if (remembered.train !== train.id || remembered.evaluate !== evaluate.id || remembered.deploy !== deploy.id)
    throw new Error(`these are not the messages that were sent: ${JSON.stringify(remembered)} were`);

  const blob = deployment.container("drops").getBlobClient(file);
  const { etag } = await blob.getProperties();
  const dropped: Envelope = {
    specversion: "1.0",
    id: turn.admitted[0]?.causationid ?? "",
    source: `/subscriptions/${deployment.setting("AZURE_SUBSCRIPTION_ID")}`,
    type: azureEvents.blobCreated,
    subject: blobSubject("drops", file),
    time: new Date().toISOString(),
    data: { api: "PutBlob", eTag: etag?.replaceAll('"', ""), url: blob.url },
  };
  return [
    { queue: "data-dropped", envelope: dropped },
    { queue: "train-model", envelope: train },
    { queue: "evaluate-model", envelope: evaluate },
    { queue: "deploy-model", envelope: deploy },
  ];
}
