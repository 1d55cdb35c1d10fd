import { type Definition, evaluateModel, type JudgementRecord, type Seen } from "@ratchet/contracts";
import { type AdmittedBatch, admittedData } from "@ratchet/datasets";
import { type Invocation, type Sweep, sweepOncePerPeriod } from "@ratchet/messaging";
import { markedAtLeast, type OpenMark, readDefinition } from "@ratchet/state";
import type { Evaluator } from "../evaluator.ts";
import { chooseHoldout } from "../judge/holdout-epoch.ts";
import { policyOf } from "../judge/policy.ts";
import { moveJudgement, openJudgements, readHoldoutEpoch, readJudgement, readVerdict, type Stores } from "../stores.ts";
import { patience } from "./evolve.ts";
import { isOpen } from "./judgement.ts";
import { isDue, nextStep, type Prospect } from "./next-step.ts";
import { lookAround } from "./seen.ts";
import { tellStuck } from "./stuck.ts";

/** Open judgements are swept this often, in milliseconds. */
export const sweepEvery = 60_000;

const noProspect: Prospect = { open: false, newRows: 0 };

/** How many rows of a batch are held out, about: by time that is known of all rows only. */
const heldOf = ({ rows, held }: AdmittedBatch, { time, holdout }: Definition["data"]): number =>
  time === undefined ? held : Math.ceil(rows * holdout);

/** What the holdout could do for a challenger that waits for it. Looking costs none of its budget. */
async function prospectOf(
  stores: Stores,
  { model, version, held }: JudgementRecord,
  { definition: applied }: Seen,
  now: Date,
): Promise<Prospect> {
  if (applied === null || !held?.for.some((hold) => hold === "holdout" || hold === "rows")) return noProspect;
  const { definition } = await readDefinition(stores, model);
  const { pages, through } = await admittedData(stores, model, { by: now });
  const batches = pages.flatMap((page) => page.batches).filter((batch) => batch.active);
  const holding = batches.filter((batch) => heldOf(batch, definition.data) > 0);
  const positions = new Map(batches.map(({ batch, position }) => [batch, position]));
  const epoch = await readHoldoutEpoch(stores, model);
  const heldOut = { through, newest: holding.at(-1)?.position };
  const positionOf = (batch: string) => positions.get(batch);
  const { use, after = -1 } = chooseHoldout(epoch, heldOut, positionOf, policyOf(definition), now);
  if (use.state === "closed") return noProspect;
  const judged = (await readVerdict(stores, model, version))?.value.holdout;
  const isNew = ({ batch, position }: AdmittedBatch): boolean =>
    position > after && (judged?.through === undefined ? !judged?.batches.includes(batch) : position > judged.through);
  const fresh = holding.filter(isNew);
  return { open: true, newRows: fresh.reduce((sum, batch) => sum + heldOf(batch, definition.data), 0) };
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
