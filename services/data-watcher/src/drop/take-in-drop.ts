import type { ChampionOnBatch, DropRecord, Envelope, TakeInDrop } from "@ratchet/contracts";
import { type Delivery, traceOf } from "@ratchet/messaging";
import { readDefinition } from "@ratchet/state";
import { dropKey, moveDrop, openDrops, readDrop } from "../stores.ts";
import { awaitsChampion } from "../suspicion/ask-champion.ts";
import type { Watcher } from "../watcher.ts";
import { admitContent } from "./admit-content.ts";
import { type Announcement, isEnded } from "./drop-process.ts";
import { type Drop, modelOf, readDropEvent } from "./dropped-blob.ts";
import { takeContent } from "./take-content.ts";
import { tellOutcome } from "./tell-outcome.ts";
import type { WorkOnDrop } from "./work-on-drop.ts";

/** Does what comes next for a drop, and gives its record as it then is, whoever has moved it. */
function goOn(work: WorkOnDrop, record: DropRecord): Promise<DropRecord> {
  switch (record.phase) {
    case "seen":
    case "inspected":
      return takeContent(work, record);
    case "taken":
      return admitContent(work, record);
    case "admitted":
    case "quarantined":
    case "refused":
      return tellOutcome(work, record);
  }
}

/**
 * Takes in one dropped file, from wherever it is on its way, to its end: admitted as a batch, kept in quarantine, or refused
 * with a reason. It may be begun again after any step, and done twice at once: one of these ends becomes of it.
 */
async function takeIn(
  watcher: Watcher,
  drop: Drop,
  announcement: Announcement,
  { now, log }: Pick<Delivery, "now" | "log">,
  championOnBatch?: ChampionOnBatch,
): Promise<void> {
  const { stores } = watcher;
  const key = dropKey(drop);
  const known = await readDrop(stores, key);
  if (known && isEnded(known.value)) {
    await openDrops(stores).unmark(key);
    return log.info(`${drop.file} was ${known.value.phase} before`);
  }
  await openDrops(stores).mark(key);
  let record = await moveDrop(stores, key, { kind: "see", ...drop, ...announcement, at: now.toISOString() });
  const applied = await readDefinition(stores, drop.model);
  const work: WorkOnDrop = { watcher, applied, drop, key, championOnBatch, now, log };
  while (!isEnded(record)) {
    if (awaitsChampion(work, record)) return log.info(`${drop.file} goes on when the champion was asked about it`);
    record = await goOn(work, record);
  }
  await openDrops(stores).unmark(key);
}

/**
 * Takes in the file that an event is about.
 * @throws {UnknownModelError} when nobody has applied the model.
 * @throws {MisplacedDropError} when the file lies in no model's folder.
 * @throws {UnreadableEventError} when the event is no BlobCreated of `drops`.
 */
export async function takeInDropOfEvent(watcher: Watcher, event: Envelope, delivery: Delivery): Promise<void> {
  const read = readDropEvent(event);
  if (read.kind === "ignore") return delivery.log.info(`ignored ${event.subject}: ${read.why}`);
  const { id, traceparent = traceOf(id) } = event;
  return takeIn(watcher, read.drop, { cause: id, traceparent }, delivery);
}

/**
 * Takes in a file of which no event came, or goes on with it: perhaps because the champion was asked about its batch.
 * @throws {UnknownModelError} when nobody has applied the model.
 * @throws {MisplacedDropError} when the file lies in no model's folder.
 */
export async function takeInDropAgain(watcher: Watcher, message: TakeInDrop, delivery: Delivery): Promise<void> {
  const { id, traceparent = traceOf(id), data } = message;
  const { file, etag, championOnBatch } = data;
  const drop = { model: modelOf(file), file, etag };
  return takeIn(watcher, drop, { cause: id, traceparent }, delivery, championOnBatch);
}
