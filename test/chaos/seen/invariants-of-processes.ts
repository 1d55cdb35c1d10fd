import type { JudgementRecord, Run } from "@ratchet/contracts";
import { type Broken, broken } from "./broken.ts";
import type { Excuses } from "./letters.ts";
import type { ModelRecords } from "./seen.ts";

/** No model waits for something that does not come. */
export const modelsAreFree = ({ model, slot, admissions }: ModelRecords): readonly Broken[] => [
  ...(slot?.running
    ? [
        broken(
          `the training slot of ${model} is held by ${slot.running.runId}, which has ended or never began`,
          slot.running.claimedAt,
        ),
      ]
    : []),
  ...(slot?.waiting ? [broken(`training of ${model} waits and nobody asks for it`)] : []),
  ...(admissions.pending
    ? [broken(`batches of ${model} are pending and nobody asks for training`, admissions.pending.latest)]
    : []),
];

/** Every record of a process is at its end, or waits for what may never come. */
export const recordsAreAtTheirEnds = (
  { model, drops, judgements, deployment }: ModelRecords,
  excuses: Excuses,
): readonly Broken[] => [
  ...drops
    .filter(({ lookAt, file }) => lookAt !== null && !excuses.file(file))
    .map(({ file, phase, since }) => broken(`the drop ${file} is ${phase} and goes no further`, since)),
  ...judgements
    .filter(({ state, version }) => openJudgements.has(state) && !excuses.judgement(model, version))
    .map(({ version, state, since }) =>
      broken(`the judgement of ${model} ${version} is ${state} and goes no further`, since),
    ),
  ...(deployment?.lookAt !== undefined && !excuses.turn(model)
    ? [broken(`the deployment of ${deployment.app} is ${deployment.state} and goes no further`, deployment.since)]
    : []),
];

/** Those that somebody has in hand; one that is held may wait for ever. */
const openJudgements: ReadonlySet<JudgementRecord["state"]> = new Set(["asked", "weighed", "decided"]);

/** The runs of a model of which something is still to be done. */
export const openRuns = ({ runs }: Pick<ModelRecords, "runs">): readonly Run[] =>
  runs.filter(({ givenUp, concludedAt }) => concludedAt === undefined && givenUp === undefined);

/** Every run has a record that has ended, all that follows from its end was done, and every completed one has a verdict. */
export function runsAreConcluded(records: ModelRecords, excuses: Excuses): readonly Broken[] {
  const { model, runs, verdicts } = records;
  const isExcused = ({ runId, version }: Run): boolean => excuses.run(runId, version, model);
  const isJudged = ({ version }: Run): boolean => verdicts.some((verdict) => verdict.version === version);
  return [
    ...openRuns(records)
      .filter((run) => !isExcused(run))
      .map(({ runId, status, claimedAt }) =>
        broken(`the run ${runId} is ${status}, and not all that follows was done`, claimedAt),
      ),
    ...runs
      .filter((run) => run.status === "completed" && run.concludedAt && !isJudged(run) && !isExcused(run))
      .map(({ runId, version, claimedAt }) =>
        broken(`the run ${runId} has completed and ${model} ${version} was never judged`, claimedAt),
      ),
  ];
}
