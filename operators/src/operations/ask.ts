import { randomUUID } from "node:crypto";
import {
  type Envelope,
  type LetterAction,
  type LetterOperation,
  letterOperation,
  letterSelection,
  paths,
  type QueueName,
} from "@ratchet/contracts";
import { atATime } from "@ratchet/state";
import { writeAudit } from "../audit.ts";
import { type Letter, subjectOf } from "../letters/letter.ts";
import type { Surroundings } from "../surroundings.ts";
import { NoQueueError, sendingActions, targetOf } from "./effects.ts";
import { isOver } from "./operation.ts";
import { lettersIn, summaryOf } from "./summary.ts";
import { moveOperation } from "./work-on.ts";

/** What an operator asks for. */
export interface AskedOperation {
  readonly action: LetterAction;
  /** The set, as it was looked at: letters that come later are not in it. */
  readonly letters: readonly Letter[];
  /** What was selected, in words. */
  readonly selected: string;
  readonly reason: string;
  readonly to?: QueueName | undefined;
  /** Letters a second, at most. */
  readonly rate?: number | undefined;
  /** Of an edit: what takes the letter's place. */
  readonly edited?: Envelope | undefined;
  /** Of a purge: typed by the operator, `purge 12`. */
  readonly confirmation?: string | undefined;
}

/** What is asked for cannot be done; the message says what to do about it. */
export class WrongRequestError extends Error {
  override readonly name = "WrongRequestError";
}

/** What has to be typed before letters are purged. */
export const confirmationOf = (count: number): string => `purge ${count}`;

/** @throws {WrongRequestError} when something is missing, or does not fit the action. */
function check({ action, letters, reason, to, rate, edited, confirmation }: AskedOperation): void {
  const wrong = (why: string): never => {
    throw new WrongRequestError(why);
  };
  if (letters.length === 0) wrong("no dead letter fits: nothing is to be done");
  if (reason.trim() === "") wrong("say why: a reason is kept with what is done");
  if (action === "send-elsewhere" && to === undefined) wrong("say to which queue the letters are to go");
  if (action !== "send-elsewhere" && to !== undefined) wrong(`to ${action} takes no other queue`);
  if (rate !== undefined && !(rate > 0)) wrong("a rate is a number of letters a second, more than 0");
  if (action === "edit" && (letters.length !== 1 || !edited)) wrong("one letter is edited at a time");
  if (action === "purge" && confirmation !== confirmationOf(letters.length))
    wrong(`purged letters are gone for good: type \`${confirmationOf(letters.length)}\` to confirm`);
  if (sendingActions.has(action)) {
    const homeless = letters.find((letter) => targetOf({ to }, letter) === undefined);
    if (homeless) throw new NoQueueError(homeless.id);
  }
}

/**
 * Writes down what is to be done with a fixed set of letters, and who asks for it, why. Nothing is done with them yet: that is
 * `workOn`, here or wherever somebody finds it.
 * @throws {WrongRequestError} when something is missing, or does not fit the action.
 * @throws {NoQueueError} when a letter has no queue to be sent to.
 */
export async function askForOperation(surroundings: Surroundings, asked: AskedOperation): Promise<LetterOperation> {
  check(asked);
  const { documents, by, clock } = surroundings;
  const { action, letters, selected, reason, to, rate, edited } = asked;
  const at = clock().toISOString();
  const id = `${at.replaceAll(/[:.]/g, "-")}-${randomUUID().slice(0, 8)}`;
  const operation: LetterOperation = {
    id,
    action,
    state: "running",
    by,
    at,
    reason: reason.trim(),
    selected,
    total: letters.length,
    ...(to === undefined ? {} : { to }),
    ...(rate === undefined ? {} : { rate }),
    done: 0,
    gone: 0,
    held: 0,
    unsure: [],
  };
  const chosen = letters.map((letter) => {
    const { model } = subjectOf(letter);
    return { id: letter.id, message: letter.message, ...(model === undefined ? {} : { about: `models/${model}` }) };
  });
  await documents.write(
    paths.letterSelection(id),
    letterSelection,
    { letters: chosen, ...(edited ? { edited: { ...edited } } : {}) },
    "absent",
  );
  await writeAudit(documents, { ...summaryOf(operation), outcome: "asked", at, by });
  await documents.write(paths.letterOperation(id), letterOperation, operation, "absent");
  return operation;
}

/**
 * Has an operation stop: whoever works on it finishes the letters in hand; where nobody does, it is over.
 * @throws {UnknownOperationError} when there is none of this name.
 */
export async function cancelOperation(surroundings: Surroundings, id: string): Promise<LetterOperation> {
  const { documents, by, clock } = surroundings;
  const now = clock().toISOString();
  const after = await moveOperation(surroundings, id, { kind: "cancel", by, now });
  const about = `${lettersIn(after.total)}: ${after.selected}`;
  await writeAudit(documents, {
    at: now,
    by,
    action: "cancel",
    about,
    reason: `${after.action} ${id}`,
    outcome: isOver(after) ? "is over" : "asked",
    id,
  });
  return after;
}

const readsAtATime = 16;

/** The newest operations, the newest first. */
export async function listOperations(
  { documents }: Pick<Surroundings, "documents">,
  most = 100,
): Promise<readonly LetterOperation[]> {
  const all = await Array.fromAsync(documents.list(paths.letterOperations));
  const newest = all.filter((path) => path.endsWith("/operation.json")).slice(-most);
  const read = await atATime(readsAtATime, newest, (path) => documents.read(path, letterOperation));
  return read.flatMap((stored) => stored?.value ?? []).reverse();
}

/** Operations that nobody has brought to their end, the oldest first. */
export const openOperations = async (
  surroundings: Pick<Surroundings, "documents">,
): Promise<readonly LetterOperation[]> =>
  (await listOperations(surroundings, Number.POSITIVE_INFINITY)).filter((operation) => !isOver(operation)).reverse();

export async function readOperation(
  { documents }: Pick<Surroundings, "documents">,
  id: string,
): Promise<LetterOperation | undefined> {
  return (await documents.read(paths.letterOperation(id), letterOperation))?.value;
}
