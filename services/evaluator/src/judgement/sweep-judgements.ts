import { evaluateModel, type JudgementRecord, type Seen } from "@ratchet/contracts";
import { type Invocation, type Sweep, sweepOncePerPeriod } from "@ratchet/messaging";
import { markedAtLeast, type OpenMark, readDefinition } from "@ratchet/state";
import { candidatesOf } from "../evaluation/candidates.ts";
import type { Evaluator } from "../evaluator.ts";
import { chooseHoldout } from "../judge/holdout-epoch.ts";
import { policyOf } from "../judge/policy.ts";
import {
  admittedBatches,
  batchesOf,
  moveJudgement,
  openJudgements,
  readHoldoutEpoch,
  readJudgement,
  readManifest,
  readVerdict,
  type Stores,
} from "../stores.ts";
import { patience } from "./evolve.ts";
import { isOpen } from "./judgement.ts";
import { isDue, nextStep, type Prospect } from "./next-step.ts";
import { lookAround } from "./seen.ts";
import { tellStuck } from "./stuck.ts";

/** Open judgements are swept this often, in milliseconds. */
export const sweepEvery = 60_000;

const noProspect: Prospect = { open: false, newRows: 0 };

/** What the holdout could do for a challenger that waits for it. Looking costs none of its budget. */
async function prospectOf(
  stores: Stores,
  record: JudgementRecord,
  { definition: applied }: Seen,
  now: Date,
): Promise<Prospect> {
  const { model, version, held, firstAskedAt, asked } = record;
  if (applied === null || !held?.for.some((hold) => hold === "holdout" || hold === "rows")) return noProspect;
  const { definition } = await readDefinition(stores, model);
  const admitted = await admittedBatches(stores, model);
  const candidates = candidatesOf(await batchesOf(stores, asked.challenge), admitted, {
    first: new Date(firstAskedAt),
    now,
  });
  const epoch = await readHoldoutEpoch(stores, model);
  const { use, batches } = chooseHoldout(epoch, candidates, policyOf(definition), now);
  if (use.state === "closed") return noProspect;
  const judged = new Set((await readVerdict(stores, model, version))?.value.holdout.batches);
  const rowsOf = new Map(admitted.map(({ batch, rows }) => [batch, rows]));
  let newRows = 0;
  for (const batch of batches) {
    if (newRows >= (held.newRows ?? 1)) break;
    if (judged.has(batch)) continue;
    newRows += (rowsOf.get(batch) ?? (await readManifest(stores, model, batch)).rows).holdout;
  }
  return { open: true, newRows };
}

/** Sends a judgement on its way again, by a command of its own. */
async function askAgain(
  stores: Stores,
  record: JudgementRecord,
  because: string,
  { now, outbox, log }: Sweep,
): Promise<void> {
  const { command, challenge } = record.asked;
  log.info("asked to be judged again", { model: record.model, version: record.version, because });
  await outbox.send(evaluateModel, { ...challenge, again: { because, of: command } });
  // Until the command has come: from then on the record says anew when to look.
  if (because === "stalled") await moveJudgement(stores, record, { kind: "nudge", now });
  else await moveJudgement(stores, record, { kind: "look", lookAt: new Date(now.getTime() + patience) });
}

async function lookAtJudgement(evaluator: Evaluator, record: JudgementRecord, sweep: Sweep): Promise<void> {
  const { stores } = evaluator;
  const { now } = sweep;
  await tellStuck(evaluator, record, now);
  const present = await lookAround(stores, record.asked.challenge);
  const step = nextStep(record, present, await prospectOf(stores, record, present, now), now);
  switch (step.kind) {
    case "ask":
      return askAgain(stores, record, step.because, sweep);
    case "close":
      await moveJudgement(stores, record, { kind: "close", now });
      return;
    case "wait":
      await moveJudgement(stores, record, { kind: "look", lookAt: step.lookAt });
  }
}

async function lookAtMark(evaluator: Evaluator, mark: OpenMark, sweep: Sweep): Promise<void> {
  const [, model, version] = /^([^/]+)\/([^/]+)$/.exec(mark.key) ?? [];
  // A model may be called as the index is, and has its documents there.
  if (model === undefined || version === undefined) return;
  const record = await readJudgement(evaluator.stores, model, version);
  if (!record || !isOpen(record)) {
    if (sweep.now.getTime() - mark.markedAt.getTime() > markedAtLeast) await mark.unmark();
    return;
  }
  if (isDue(record, sweep.now)) await lookAtJudgement(evaluator, record, sweep);
}

/**
 * Looks after the judgements that are not at their end: what does not get on is sent on its way again, what was held or has
 * failed is judged again when that can come out otherwise, and what cannot be mended is told.
 * @throws {SweepError} when some could not be looked at; the others were.
 */
export const sweepJudgements = (evaluator: Evaluator, invocation: Invocation): Promise<void> =>
  sweepOncePerPeriod(
    {
      name: "judgements",
      every: sweepEvery,
      documents: evaluator.stores.documents("verdicts"),
      outbox: evaluator.outbox,
    },
    invocation,
    () => openJudgements(evaluator.stores).marks(),
    (mark, sweep) => lookAtMark(evaluator, mark, sweep),
  );
