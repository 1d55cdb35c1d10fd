import type { JudgementRecord, Seen } from "@ratchet/contracts";
import { type Delivery, isTransient } from "@ratchet/messaging";
import { tellsDecisionAlone, withoutNumbers } from "@ratchet/report";
import { announce } from "../evaluation/announce.ts";
import { answer } from "../evaluation/answer.ts";
import { ask } from "../evaluation/ask.ts";
import { writeReport } from "../evaluation/write-report.ts";
import type { Evaluator } from "../evaluator.ts";
import { moveJudgement, readVerdict } from "../stores.ts";
import { LostJudgementError } from "./judgement.ts";
import { overtakeOlder } from "./newer.ts";
import { lookAround } from "./seen.ts";
import { tellStuck } from "./stuck.ts";
import { mustBeOf } from "./version-taken.ts";
import { waitOf } from "./wait.ts";

type At = Pick<Delivery, "now" | "log">;

/**
 * Answers what a judgement was asked, unless it is answered: the verdict is kept, and the record says so.
 * @throws {UnknownModelError} when its model is not applied.
 * @throws {NoHoldoutError} when no held-out row can judge it.
 * @throws {MissingModelError} when its file is not there.
 * @throws {UnreadableRowsError} when the held-out rows no longer fit the definition.
 * @throws {VersionTakenError} when the file that was judged has become another.
 * @throws {HoldoutMovedError} when the holdout has changed meanwhile; trying again helps.
 */
async function makeVerdict(
  evaluator: Evaluator,
  record: JudgementRecord,
  seen: Seen,
  { now, log }: At,
): Promise<JudgementRecord> {
  const { stores } = evaluator;
  const { asked, version } = record;
  const { command, challenge } = asked;
  const move = moveJudgement.bind(undefined, stores, record);
  const stored = await readVerdict(stores, challenge.model, version);
  if (stored?.value.cause === command)
    return move({ kind: "decide", command, held: waitOf(stored.value), seen: undefined, now });

  if (stored && seen.champion === version) {
    log.info("it is the champion; its verdict stands", { decision: stored.value.decision });
    const isSaid = record.said === stored.value.cause;
    return move(isSaid ? { kind: "close", now } : { kind: "decide", command, held: undefined, seen, now });
  }
  // What failed has used nothing: it may as well be judged by what was admitted since.
  const askedAt = record.failure ? now : new Date(asked.at);
  const question = await ask(evaluator, challenge, askedAt, now);
  const file = { ...challenge.onnx, sha256: question.scoring.sha256 };
  if (stored) mustBeOf(stored.value.onnx, file, challenge);
  const { verdict, stands } = await answer(stores, question, stored, { cause: command, now }, async ({ attempt }) => {
    await move({ kind: "weigh", command, key: question.key, attempt, now });
  });
  const { decision, reasons } = tellsDecisionAlone(verdict) ? withoutNumbers(verdict) : verdict;
  if (stands) log.info("the same was asked before; the verdict stands", { decision });
  else log.info(`judged: ${decision}`, { champion: verdict.champion, reasons });
  return move({ kind: "decide", command, held: waitOf(verdict), seen, now });
}

/** Writes down why a judgement cannot be made for now, and tells it, once. */
async function giveUp(
  evaluator: Evaluator,
  record: JudgementRecord,
  seen: Seen,
  error: unknown,
  now: Date,
): Promise<void> {
  const { name, message: reason } = error instanceof Error ? error : new Error(String(error));
  const { command } = record.asked;
  const failed = await moveJudgement(evaluator.stores, record, { kind: "fail", command, name, reason, seen, now });
  await tellStuck(evaluator, failed, now);
}

/** Says what the verdict says, under ids that follow from it, unless that was said before. */
async function say(evaluator: Evaluator, record: JudgementRecord, now: Date): Promise<void> {
  const { stores, outbox } = evaluator;
  const stored = await readVerdict(stores, record.model, record.version);
  if (!stored) throw new LostJudgementError("the verdict is gone before it was said; replay the message to judge anew");
  const { value } = stored;
  const occasion = { cause: value.cause, traceparent: record.asked.traceparent, time: now };
  if (record.said !== value.cause) {
    const told = tellsDecisionAlone(value) ? withoutNumbers(value) : value;
    await writeReport(stores, told);
    await announce(outbox(occasion), told);
  }
  await moveJudgement(stores, record, { kind: "say", verdict: value.cause, now });
}

/**
 * Goes on with a judgement from wherever it is, to its end or as far as it gets. What cannot be mended by trying again is
 * written down and told, and thrown.
 * @throws {UnknownModelError} when its model is not applied.
 * @throws {NoHoldoutError} when no held-out row can judge it.
 * @throws {MissingModelError} when its file is not there.
 * @throws {UnreadableRowsError} when the held-out rows no longer fit the definition.
 * @throws {VersionTakenError} when the file that was judged has become another.
 * @throws {HoldoutMovedError} when the holdout has changed meanwhile; trying again helps.
 */
export async function goOn(evaluator: Evaluator, record: JudgementRecord, at: At): Promise<void> {
  const { stores } = evaluator;
  const { model, version } = record;
  if (record.state === "decided" && (await readVerdict(stores, model, version))) return say(evaluator, record, at.now);
  const seen = await lookAround(stores, record.asked.challenge);
  const current = await overtakeOlder(stores, record, at.now);
  const decided = await makeVerdict(evaluator, current, seen, at).catch(async (error: unknown) => {
    if (!isTransient(error)) await giveUp(evaluator, current, seen, error, at.now);
    throw error;
  });
  if (decided.state === "decided") await say(evaluator, decided, at.now);
}
