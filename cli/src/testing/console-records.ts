import {
  admission,
  appliedDefinition,
  batchManifest,
  championPointer,
  checkTrainingDue,
  type ModelView,
  modelView,
  paths,
  trainModel,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { testBatches, testChampion, testVerdict } from "./records.ts";

const comparison = testVerdict.comparison as NonNullable<Verdict["comparison"]>;

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** What events have told of a model with a history of so many runs. */
export function historyOf(model: string, count: number): ModelView {
  const runs: ModelView["runs"] = {};
  const verdicts: ModelView["verdicts"] = {};
  const releases: ModelView["releases"] = {};
  let champion: { readonly version: string; readonly value: number } | undefined;
  for (let n = 1; n <= count; n += 1) {
    const [began, version] = [(count - n + 1) * 190, String(n)];
    const runId = `${model}-${n.toString(16).padStart(16, "0")}`;
    const failed = n % 7 === 3;
    const run = { runId, version, batches: n, warmStart: null, reason: "data", startedAt: minutesAgo(began) };
    runs[runId] = failed
      ? { ...run, endedAt: minutesAgo(began - 2), status: "failed", failure: "ValueError: <b>loss</b> is not a number" }
      : { ...run, endedAt: minutesAgo(began - 9 - (n % 4) * 3), status: "completed" };
    if (failed) continue;
    const better = n % 3 !== 2;
    const challenger = 0.86 + 0.09 * (1 - Math.exp(-n / 9)) - (better ? 0 : 0.02);
    verdicts[version] = {
      version,
      runId,
      champion: champion?.version ?? null,
      decision: better ? "promote" : n % 2 === 0 ? "hold" : "reject",
      reasons: [`accuracy ${challenger.toFixed(3)} on ${400 + n} rows`],
      comparison: { ...comparison, challenger, champion: champion?.value ?? null, rows: 400 + n },
      judgedAt: minutesAgo(began - 22),
    };
    if (!better) continue;
    champion = { version, value: challenger };
    const endpoint = `https://inference-${model}.azurewebsites.net`;
    releases[`release-${n}`] = { version, since: minutesAgo(began - 24), cause: "verdict", endpoint };
  }
  return { model, batches: {}, refusals: {}, runs, verdicts, releases };
}

/** A model as it stands after so many runs. */
export async function placeModel(deployment: Deployment, model: string, runs: number): Promise<void> {
  const { example } = appliedDefinition;
  await deployment
    .documents("definitions")
    .write(paths.currentDefinition(model), appliedDefinition, { ...example, model }, "any");
  await deployment.documents("ledger").write(paths.modelView(model), modelView, historyOf(model, runs), "any");
  if (runs === 0) return;
  const version = String(runs);
  const pointer = {
    ...testChampion,
    model,
    champion: { ...testChampion.champion, version, promotedAt: minutesAgo(60) },
  };
  await deployment.documents("champions").write(paths.champion(model), championPointer, pointer, "any");
  const judged = { ...testVerdict, model, version, decision: "promote", judgedAt: minutesAgo(62) } as const;
  await deployment.documents("verdicts").write(paths.verdict(model, version), verdict, judged, "any");
  const log = deployment.documents("batches").log(paths.admissionLog(model), admission);
  for (const { batch, file } of testBatches) {
    const at = minutesAgo(300);
    await log.append({
      kind: "admitted",
      batch,
      file: file.replace("digits", model),
      at,
      rows: { train: 480, holdout: 120 },
    });
    const manifest = { ...batchManifest.example, model, batch };
    await deployment.documents("batches").write(paths.batchManifest(model, batch), batchManifest, manifest, "any");
  }
}

const origin = (cause: string) => ({ source: "data-watcher", time: new Date(), cause });

/** Puts failed messages into dead-letter queues, as services leave them: of two causes. */
export async function placeLetters(deployment: Deployment, count: number): Promise<void> {
  const bus = deployment.serviceBus();
  const failure = (name: string, message: string, minutes: number) => ({
    "ratchet-attempt": 1,
    "ratchet-failure-at": minutesAgo(minutes),
    "ratchet-failure-name": name,
    "ratchet-failure-message": message,
    "ratchet-failure-stack": `${name}: ${message}\n    at admitDrop (/app/dist/functions.cjs:4711:9)\n    at processTicksAndRejections (node:internal/process/task_queues:104:5)`,
    "ratchet-failure-service": "data-watcher",
  });
  const messages = Array.from({ length: count }, (_, n) => {
    const body = checkTrainingDue.build({ model: "tides" }, origin(`tides ${n}`));
    const message = `no model named <img src=x onerror=alert(${n})> is applied`;
    return { body, messageId: body.id, applicationProperties: failure("UnknownModelError", message, 2 + n * 11) };
  });
  await moveToDeadLetters("training-due", messages);
  const body = trainModel.build({ model: "digits", through: 17, reason: "data" }, origin("digits"));
  const broken = { ...body, data: { ...body.data, reason: 7 } };
  await moveToDeadLetters("train-model", [
    {
      body: broken,
      messageId: body.id,
      applicationProperties: { ...failure("ContractError", "data.reason: expected string", 3), "ratchet-replays": 2 },
    },
  ]);

  async function moveToDeadLetters(
    queue: "training-due" | "train-model",
    letters: readonly { readonly body: unknown; readonly messageId: string; readonly applicationProperties: object }[],
  ): Promise<void> {
    await bus
      .createSender(queue)
      .sendMessages(letters.map((one) => ({ ...one, applicationProperties: { ...one.applicationProperties } })));
    const receiver = bus.createReceiver(queue);
    for (let left = letters.length; left > 0; ) {
      const received = await receiver.receiveMessages(left);
      await Promise.all(received.map((message) => receiver.deadLetterMessage(message)));
      left -= received.length;
    }
    await receiver.close();
  }
}
