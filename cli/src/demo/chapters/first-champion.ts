import { dropFiles } from "../../commands/drop.ts";
import { infer } from "../../inference.ts";
import { followTurn, type TimeSplit, timeSplit } from "../../observe/turn.ts";
import { digitsCsv } from "../../samples/digits.ts";
import type { Stage } from "../stage.ts";

/** The digits of each drop, and those never dropped that test the endpoint. */
export const parts = {
  first: [0, 300],
  second: [300, 4500],
  shuffled: [4500, 5700],
  wrong: [5700, 6900],
  unseen: [9000, 9200],
} as const;

export const digitsQuietPeriod = 5_000;

/** The share of never-dropped digits that the endpoint gets right, and the version that answered. */
export async function accuracyOfEndpoint(
  stage: Stage,
  endpoint: string,
): Promise<{ readonly accuracy: number; readonly version: string }> {
  const unseen = stage.digits.slice(...parts.unseen);
  const { model_version: version, outputs } = await infer(
    stage.deployment,
    endpoint,
    "digits",
    unseen.map(({ pixels }) => pixels),
  );
  const scores = outputs[0]?.data ?? [];
  const right = unseen.filter(({ label }, row) => {
    const own = scores.slice(row * 10, row * 10 + 10);
    return own.indexOf(Math.max(...own)) === label;
  });
  return { accuracy: right.length / unseen.length, version };
}

/**
 * Chapter 1: a first drop, no champion yet.
 * @throws {Error} when the model is not promoted.
 */
export async function firstChampion(
  stage: Stage,
): Promise<{ readonly endpoint: string; readonly version: string; readonly split: TimeSplit }> {
  const { progress, deployment, observe } = stage;
  progress.heading("1  A first drop of 300 digits; nothing is in production yet");
  await stage.ratchet("apply", `${stage.examples}/digits`);
  progress.done("applied examples/digits");
  const file = await stage.file("digits-first.csv", digitsCsv(stage.digits.slice(...parts.first)));
  const drops = await dropFiles(deployment, "digits", [file], { now: new Date() });
  const dropped = new Date();
  progress.done("dropped digits-first.csv");
  const turn = await followTurn(
    stage,
    "digits",
    drops.map(({ path }) => path),
  );
  const { comparison, champion, decision } = turn.judged.data;
  observe(
    1,
    "trained on the first drop, cold",
    turn.ended.data.status === "completed" && turn.started.data.warmStart === null,
    {
      runId: turn.started.data.runId,
    },
  );
  observe(1, "passed the absolute thresholds", decision === "promote" && champion === null, {
    accuracy: comparison.challenger,
    rows: comparison.rows,
  });
  if (!turn.promoted) throw new Error(`the first model was not promoted: ${turn.judged.data.reasons.join("; ")}`);
  const { endpoint, version } = turn.promoted.data;
  const answered = await accuracyOfEndpoint(stage, endpoint);
  progress.done(`the endpoint gets ${(answered.accuracy * 100).toFixed(1)} % of 200 unseen digits right`);
  observe(1, "published: the function answers with the promoted version", answered.version === version, answered);
  return { endpoint, version, split: timeSplit(turn, dropped, digitsQuietPeriod) };
}
