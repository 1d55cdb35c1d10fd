import { type BatchManifest, type ChampionOnBatch, type DropRecord, scoreBatch } from "@ratchet/contracts";
import { readChampion } from "@ratchet/state";
import type { WorkOnDrop } from "../drop/work-on-drop.ts";
import { moveDrop } from "../stores.ts";
import { readEvidence } from "./judge-batch.ts";

/** In milliseconds: a batch goes on without the champion's answer after so long. */
export const answersWithin = 10 * 60_000;

/** Whether a batch waits for what the champion makes of it. */
export const awaitsChampion = ({ championOnBatch, now }: WorkOnDrop, { phase, answerBy }: DropRecord): boolean =>
  phase === "taken" && answerBy !== undefined && !championOnBatch && now.getTime() < Date.parse(answerBy);

/** What is said of a champion that was asked, and has not answered in time. */
export const noAnswer = ({ answerBy }: DropRecord): ChampionOnBatch | undefined =>
  answerBy === undefined ? undefined : { leftOut: `the evaluator had not said by ${answerBy}` };

/** Whether there is a champion to ask about a batch of which nothing is decided, and it was not asked before. */
export async function wantsChampion(
  { watcher: { stores }, applied: { definition }, championOnBatch }: WorkOnDrop,
  { answerBy }: DropRecord,
  { model, batch, rows }: BatchManifest,
): Promise<boolean> {
  if (championOnBatch || answerBy !== undefined) return false;
  const { suspicion, time } = definition.data;
  // By time, which rows the champion has not seen is known to the evaluator alone.
  if (suspicion === "off" || (rows.holdout === 0 && time === undefined)) return false;
  if (await readEvidence(stores, model, batch)) return false;
  return (await readChampion(stores, model)) !== undefined;
}

/**
 * Has the champion asked about a batch. Its answer comes as a command to take in the drop; until then nothing is done for it.
 * @returns the record of the drop.
 */
export async function askChampion(
  { watcher, key, now }: WorkOnDrop,
  { model, file, etag, cause, traceparent }: DropRecord,
  { batch }: BatchManifest,
): Promise<DropRecord> {
  const outbox = watcher.outbox({ cause, traceparent, time: now });
  await outbox.send(scoreBatch, { model, batch, file, etag });
  const answerBy = new Date(now.getTime() + answersWithin).toISOString();
  return moveDrop(watcher.stores, key, { kind: "ask-champion", at: now.toISOString(), answerBy });
}
