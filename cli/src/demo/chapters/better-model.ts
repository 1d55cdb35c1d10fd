import { trainingStarted } from "@ratchet/contracts";
import { dropFiles } from "../../commands/drop.ts";
import { patience } from "../../observe/patience.ts";
import { duringTraffic } from "../../observe/traffic.ts";
import { followTurn, type TimeSplit, timeSplit } from "../../observe/turn.ts";
import { digitsCsv } from "../../samples/digits.ts";
import type { Stage } from "../stage.ts";
import { accuracyOfEndpoint, digitsQuietPeriod, parts } from "./first-champion.ts";

const files = 4;

/**
 * Chapter 2: several files within the quiet period; requests go on throughout the swap.
 * @throws {Error} when the model is not promoted.
 */
export async function betterModel(
  stage: Stage,
  before: { readonly endpoint: string; readonly version: string },
): Promise<{ readonly version: string; readonly split: TimeSplit }> {
  const { progress, deployment, observer, observe } = stage;
  progress.heading("2  Four files with 4,200 more digits within the quiet period, while requests go on");
  const digits = stage.digits.slice(...parts.second);
  const share = digits.length / files;
  const names = await Promise.all(
    Array.from({ length: files }, (_, index) =>
      stage.file(`digits-more-${index + 1}.csv`, digitsCsv(digits.slice(index * share, (index + 1) * share))),
    ),
  );
  const runsBefore = observer.all(trainingStarted).length;
  const rows = stage.digits.slice(...parts.unseen).map(({ pixels }) => pixels);
  const { result, report } = await duringTraffic(deployment, before.endpoint, "digits", rows, async (traffic) => {
    const drops = await dropFiles(deployment, "digits", names, { now: new Date() });
    const dropped = new Date();
    progress.done(`dropped ${files} files; two clients keep asking for predictions`);
    const turn = await followTurn(
      stage,
      "digits",
      drops.map(({ path }) => path),
    );
    if (!turn.promoted) throw new Error(`the second model was not promoted: ${turn.judged.data.reasons.join("; ")}`);
    const { version, endpoint } = turn.promoted.data;
    await observer.until(
      "requests answered by the new version",
      async () => ((traffic.report().versions[version] ?? 0) >= 20 ? true : undefined),
      patience.soon,
    );
    return { turn, version, endpoint, split: timeSplit(turn, dropped, digitsQuietPeriod) };
  });
  const { turn, version, endpoint, split } = result;
  const { comparison, decision } = turn.judged.data;
  const answers = Object.entries(report.versions).map(([name, count]) => `version ${name}: ${count}`);
  progress.done(
    `${report.requests} requests throughout, ${report.failures.length} failed; answered by ${answers.join(", ")}`,
  );
  const runs = observer.all(trainingStarted).length - runsBefore;
  const batches = turn.started.data.dataset?.batches;
  observe(2, "one training run for all files", runs === 1 && batches === files + 1, { runs, batches });
  observe(2, "warm-started from the champion", turn.started.data.warmStart === before.version, {
    warmStart: turn.started.data.warmStart,
  });
  observe(
    2,
    "measurably better on the same holdout, so promoted",
    decision === "promote" && (comparison.lowerBound ?? 0) > 0,
    { ...comparison },
  );
  observe(2, "every request throughout the swap succeeded", report.failures.length === 0 && report.requests > 0, {
    ...report,
  });
  const versions = Object.keys(report.versions);
  observe(2, "the served model_version changed", versions.includes(before.version) && versions.includes(version), {
    versions,
  });
  const answered = await accuracyOfEndpoint(stage, endpoint);
  progress.done(`the endpoint now gets ${(answered.accuracy * 100).toFixed(1)} % of 200 unseen digits right`);
  return { version, split };
}
