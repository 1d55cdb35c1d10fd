import {
  type LetterAction,
  type LetterOperation,
  letterOperation,
  letterSelection,
  parseIsoDuration,
  paths,
  queues,
} from "@ratchet/contracts";
import { writeAudit } from "../audit.ts";
import type { Letter, Place } from "../letters/letter.ts";
import type { TakenLetters } from "../sources/source.ts";
import { placeFor, sourceOf } from "../sources/sources.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Effects, effectsOf, sendingActions, targetOf } from "./effects.ts";
import { type Journal, readJournal, stepsOf } from "./journal.ts";
import { isOver, type OperationCommand, operationDecider, type Progress } from "./operation.ts";
import { summaryOf } from "./summary.ts";

/** There is no such operation. */
export class UnknownOperationError extends Error {
  override readonly name = "UnknownOperationError";

  constructor(id: string) {
    super(`there is no operation ${id}`);
  }
}

export interface WorkOptions {
  /** How long nobody else takes over after the last word of a worker, in milliseconds. */
  readonly leaseMs?: number;
  /** How long to wait for letters that somebody else holds: longer than any queue locks one. */
  readonly heldForMs?: number;
  /** Letters that are sent and let go of in one turn: few enough for their locks. */
  readonly atOnce?: number;
  readonly onProgress?: (operation: LetterOperation) => void;
  /** Lets go of the operation, for somebody else to go on with. */
  readonly signal?: AbortSignal;
}

const usual = { leaseMs: 30_000, heldForMs: 6 * 60_000, atOnce: 250 } as const;
/** How long to wait before it is looked again for letters that somebody holds. */
const looksEveryMs = 1_000;
/** Clocks differ, and a send takes time: so much earlier a queue is taken to have forgotten a message. */
const marginMs = 10 * 60_000;

/** Moves an operation. @throws {UnknownOperationError} when there is none of this name. */
export async function moveOperation(
  { documents }: Pick<Surroundings, "documents">,
  id: string,
  command: OperationCommand,
): Promise<LetterOperation> {
  const { after } = await documents.move(paths.letterOperation(id), letterOperation, operationDecider, command);
  if (!after) throw new UnknownOperationError(id);
  return after;
}

/**
 * Works on an operation until it is over, or somebody else does. Each letter is written down as begun, then sent or kept, then
 * let go of: stopped anywhere between, whoever goes on with it does for that letter what was done already, and it counts once.
 * What is sent has a name that follows from the letter, by which its queue knows it as a duplicate; where so much time has
 * passed that it would not, the letter is left where it is, and named.
 * @returns the operation as it is then.
 * @throws {UnknownOperationError} when there is none of this name.
 * @throws {OperationLostError} when somebody else took it over meanwhile, since this one said nothing for too long.
 */
export async function workOn(
  surroundings: Surroundings,
  id: string,
  options: WorkOptions = {},
): Promise<LetterOperation> {
  const { documents, worker, clock } = surroundings;
  const { leaseMs = usual.leaseMs } = options;
  const now = clock();
  const until = new Date(now.getTime() + leaseMs).toISOString();
  const claimed = await moveOperation(surroundings, id, { kind: "claim", worker, now: now.toISOString(), until });
  if (claimed.worker?.name !== worker || isOver(claimed)) return claimed;
  try {
    const done = await workThrough(surroundings, claimed, options);
    if (options.signal?.aborted && done.state !== "cancelling")
      return await moveOperation(surroundings, id, { kind: "let-go", worker, trouble: "its worker was stopped" });
    const at = clock().toISOString();
    await writeAudit(documents, { ...summaryOf(done), at, by: done.by });
    return await moveOperation(surroundings, id, { kind: "end", worker, now: at });
  } catch (error) {
    const trouble = error instanceof Error ? error.message : String(error);
    await moveOperation(surroundings, id, { kind: "let-go", worker, trouble }).catch(() => undefined);
    throw error;
  }
}

/** An operation under way in this process. */
interface Work {
  readonly surroundings: Surroundings;
  readonly options: WorkOptions;
  readonly journal: Journal;
  readonly effects: Effects;
  /** Says how far it is, keeps others away, and hears whether to go on. */
  readonly report: () => Promise<boolean>;
  readonly begin: (letters: readonly Letter[]) => Promise<void>;
  readonly finish: (letters: readonly Pick<Letter, "id">[]) => void;
  readonly held: Set<string>;
  readonly unsure: Set<string>;
  readonly operation: () => LetterOperation;
}

async function workThrough(
  surroundings: Surroundings,
  claimed: LetterOperation,
  options: WorkOptions,
): Promise<LetterOperation> {
  const { documents, worker, clock } = surroundings;
  const { id } = claimed;
  const { leaseMs = usual.leaseMs, onProgress, signal } = options;
  const selection = (await documents.read(paths.letterSelection(id), letterSelection))?.value;
  if (!selection) throw new UnknownOperationError(id);
  const journal = await readJournal(documents, id);
  const steps = stepsOf(documents, id);
  const effects = effectsOf(surroundings, claimed, selection);
  const held = new Set<string>();
  const unsure = new Set<string>();
  let operation = claimed;
  let unsaid: string[] = [];
  let goneSaid = journal.gone.size;

  const begin = async (letters: readonly Letter[]): Promise<void> => {
    const at = clock().toISOString();
    const begun = letters.map((letter) => letter.id);
    const gone = [...journal.gone].slice(goneSaid);
    if (begun.length + unsaid.length + gone.length === 0) return;
    await steps.append({ at, begun, done: unsaid, ...(gone.length > 0 ? { gone } : {}) });
    goneSaid = journal.gone.size;
    unsaid = [];
    for (const letter of begun) if (!journal.begun.has(letter)) journal.begun.set(letter, at);
  };
  const finish = (letters: readonly Pick<Letter, "id">[]): void => {
    for (const letter of letters) journal.done.add(letter.id);
    unsaid.push(...letters.map((letter) => letter.id));
  };
  const report = async (): Promise<boolean> => {
    const until = new Date(clock().getTime() + leaseMs).toISOString();
    const made: Progress = {
      done: journal.done.size,
      gone: journal.gone.size,
      held: held.size,
      unsure: [...unsure],
    };
    operation = await moveOperation(surroundings, id, { kind: "progress", worker, until, made });
    onProgress?.(operation);
    return operation.state !== "cancelling" && !signal?.aborted;
  };
  const work: Work = {
    surroundings,
    options,
    journal,
    effects,
    report,
    begin,
    finish,
    held,
    unsure,
    operation: () => operation,
  };
  try {
    const left = selection.letters.filter((letter) => !journal.done.has(letter.id) && !journal.gone.has(letter.id));
    const byPlace = Map.groupBy(left, (letter) => placeFor(claimed.action as LetterAction, letter.id));
    let goesOn = await report();
    for (const [place, letters] of byPlace) {
      if (!goesOn) break;
      goesOn = await workAt(work, place, new Set(letters.map((letter) => letter.id)));
    }
    await begin([]);
    await report();
    return operation;
  } finally {
    await effects.close();
  }
}

/** Works through what is wanted of one place. @returns whether to go on. */
async function workAt(work: Work, place: Place, wanted: Set<string>): Promise<boolean> {
  const { surroundings, options, effects, held, unsure } = work;
  const { atOnce = usual.atOnce, heldForMs = usual.heldForMs } = options;
  const source = sourceOf(surroundings, place);
  const { rate } = work.operation();
  const most = Math.min(atOnce, Math.ceil(rate ?? atOnce));
  const pace = pacer(surroundings, rate);
  const taken = source.take();
  let waitingSince: number | undefined;
  try {
    while (wanted.size > 0) {
      const { letters, more } = await taken.next(wanted, most);
      if (letters.length === 0) {
        if (more) continue;
        await sortOutMissing(work, source.list, wanted);
        if (wanted.size === 0) break;
        waitingSince ??= surroundings.clock().getTime();
        if (surroundings.clock().getTime() - waitingSince > heldForMs) {
          for (const id of wanted) held.add(id);
          break;
        }
        if (!(await work.report())) return false;
        await surroundings.pause(looksEveryMs);
        continue;
      }
      waitingSince = undefined;
      const forgotten = letters.filter((letter) => isForgotten(work, letter));
      for (const { id } of forgotten) {
        unsure.add(id);
        wanted.delete(id);
      }
      const chosen = forgotten.length === 0 ? letters : letters.filter(({ id }) => !unsure.has(id));
      await work.begin(chosen);
      await effects.before(chosen);
      await letGo(taken, chosen);
      work.finish(chosen);
      for (const { id } of chosen) wanted.delete(id);
      if (!(await work.report())) return false;
      await pace(chosen.length);
    }
  } finally {
    await taken.close();
  }
  return work.report();
}

const letGo = (taken: TakenLetters, letters: readonly Letter[]): Promise<void> =>
  letters.length > 0 ? taken.complete(letters) : Promise.resolve();

/** Of letters that do not come: those that are not there were done with before a worker stopped, or taken by somebody else. */
async function sortOutMissing(
  { journal, finish }: Work,
  list: () => Promise<readonly Letter[]>,
  wanted: Set<string>,
): Promise<void> {
  const there = new Set((await list()).map(({ id }) => id));
  for (const id of [...wanted]) {
    if (there.has(id)) continue;
    wanted.delete(id);
    if (journal.begun.has(id)) finish([{ id }]);
    else journal.gone.add(id);
  }
}

/** Whether a letter may have been sent so long ago that its queue would not know it as a duplicate. */
function isForgotten({ operation, journal, surroundings }: Work, letter: Letter): boolean {
  const begunAt = journal.begun.get(letter.id);
  const queue = targetOf(operation(), letter);
  if (begunAt === undefined || queue === undefined || !sendingActions.has(operation().action)) return false;
  const window = parseIsoDuration(queues[queue].duplicateDetectionHistoryTimeWindow) ?? 0;
  return surroundings.clock().getTime() - Date.parse(begunAt) > window - marginMs;
}

/** Waits as long as it takes not to be quicker than so many letters a second. */
function pacer({ clock, pause }: Surroundings, rate: number | undefined): (letters: number) => Promise<void> {
  const begun = clock().getTime();
  let sent = 0;
  return async (letters) => {
    if (rate === undefined) return;
    sent += letters;
    const early = begun + (1000 * sent) / rate - clock().getTime();
    if (early > 0) await pause(early);
  };
}
