import type { QueueName } from "@ratchet/contracts";
import type { DeadLetter } from "@ratchet/messaging";

/** What a dead letter is about, as far as its envelope says. */
interface About {
  readonly model?: string;
  readonly runId?: string;
  readonly version?: string;
  readonly cause?: string;
}

/** Wishes that were refused: nothing of them was done. */
const changeNothing = new Set([
  "NothingToFreezeError",
  "NothingToRollBackError",
  "RefusedDeploymentError",
  "StaleRollbackError",
]);

const dataOf = ({ envelope }: DeadLetter): About => (envelope?.data ?? {}) as About;

/**
 * While a dead letter waits for an operator, what it stands for may be missing: this says what that is, and no more. A letter
 * that cannot be read may stand for anything of its queue.
 */
export function createExcuses(letters: readonly DeadLetter[]) {
  const some = (queues: readonly QueueName[], fits: (about: About, letter: DeadLetter) => boolean): boolean =>
    letters.some((letter) => queues.includes(letter.queue) && (!letter.envelope || fits(dataOf(letter), letter)));
  const isAbout = (letter: DeadLetter, part: string): boolean => letter.envelope?.subject.includes(part) === true;
  return {
    /** That a file was neither admitted nor refused. */
    file: (file: string) => some(["data-dropped"], (_, letter) => isAbout(letter, `/${file}`)),
    /** That batches of a model are in no run. */
    training: (model: string) =>
      some(["training-due", "train-model", "training-ended"], (about, letter) =>
        about.model === undefined ? isAbout(letter, `/${model}`) : about.model === model,
      ),
    /** That a run has no end, or no verdict. */
    run: (runId: string, version: string, model: string) =>
      some(["train-model"], (about) => about.model === model) ||
      some(["training-ended"], (about, letter) => about.runId === runId || isAbout(letter, runId)) ||
      some(["evaluate-model"], (about) => about.model === model && about.version === version),
    /** That a judgement goes no further. */
    judgement: (model: string, version: string) =>
      some(["evaluate-model"], (about) => about.model === model && about.version === version),
    /** That an event is in no record. */
    record: () => some(["run-ledger"], () => true),
    /** That what becomes of a model's production is not done or not said yet. */
    turn: (model: string) =>
      some(
        ["deploy-model", "operate-model"],
        (about, letter) => about.model === model && !changeNothing.has(letter.failure?.name ?? ""),
      ),
    /** That a champion does not have the current code. */
    code: (model: string) =>
      some(["code-released"], () => true) ||
      some(["deploy-model"], (about) => about.model === model && about.cause !== "verdict"),
  };
}
export type Excuses = ReturnType<typeof createExcuses>;
