import type { EvaluateModel, JudgementRecord } from "@ratchet/contracts";
import type { Evaluator } from "../evaluator.ts";
import { moveJudgement, openJudgements, readJudgement, readVerdict } from "../stores.ts";
import { lookAround } from "./seen.ts";
import { mustHaveVersion } from "./version-taken.ts";

/**
 * Takes a command in: writes down what it asks, where it asks something new.
 * @returns the record; undefined where the command asks for nothing that is recorded.
 * @throws {VersionTakenError} when the version stands for another file.
 * @throws {MissingModelError} when the version stands for a file, and the command's is another that is not there.
 * @throws {UngrantedError} when the version is known, and the command's file is not the evaluator's to read.
 */
export async function takeIn(
  { stores }: Pick<Evaluator, "stores">,
  { id, traceparent, data: { again, ...challenge } }: EvaluateModel,
  now: Date,
): Promise<JudgementRecord | undefined> {
  const { model, version } = challenge;
  const record = await readJudgement(stores, model, version);
  const isNew = again === undefined && !record?.commands.includes(id);
  if (isNew) await mustHaveVersion(stores, challenge, record, (await readVerdict(stores, model, version))?.value);
  else if (!record) return undefined;
  const seen = await lookAround(stores, challenge);
  await openJudgements(stores).mark(`${model}/${version}`);
  return moveJudgement(stores, challenge, {
    kind: "ask",
    command: id,
    traceparent,
    challenge,
    again: again?.of,
    seen,
    now,
  });
}
