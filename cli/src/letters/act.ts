import type { LetterOperation } from "@ratchet/contracts";
import {
  type AskedOperation,
  askForOperation,
  confirmationOf,
  isOver,
  lettersIn,
  openOperations,
  outcomeOf,
  type Surroundings,
  workOn,
} from "@ratchet/operators";
import { confirmed, typed } from "../command-line/confirm.ts";
import { exitCodes } from "../errors.ts";
import type { Output } from "../output.ts";
import { createProgress } from "../progress.ts";
import { jsonOf, lettersTable } from "./print.ts";

export interface ActOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly confirm?: string;
}

const verbs: Readonly<Record<string, string>> = {
  replay: "Replay",
  "send-elsewhere": "Send",
  edit: "Edit",
  archive: "Archive",
  restore: "Restore",
  purge: "Purge for good",
};

/** Whether the operator wants it; a purge has to be typed. @throws {WrongInputError} when nobody is there to ask. */
async function isWanted({ action, letters, to }: AskedOperation, { yes, confirm }: ActOptions): Promise<boolean> {
  const question = `${verbs[action]} ${lettersIn(letters.length)}${to === undefined ? "" : ` to ${to}`}?`;
  if (action !== "purge") return yes === true || confirmed(question);
  const words = confirmationOf(letters.length);
  return confirm === undefined ? typed(question, words) : confirm === words;
}

/** Shows what would be done, asks, has it written down and works on it to its end. */
export async function act(
  ground: Surroundings,
  output: Output,
  asked: AskedOperation,
  options: ActOptions,
): Promise<void> {
  const { action, letters } = asked;
  if (options.dryRun) {
    output.result(
      { action, total: letters.length, letters: letters.map(jsonOf) },
      `${letters.length > 0 ? `${lettersTable(letters, ground.clock())}\n\n` : ""}would ${action} ${lettersIn(letters.length)}; nothing was done`,
    );
    return;
  }
  if (letters.length > 0 && !(await isWanted(asked, options))) {
    output.note("nothing was done");
    process.exitCode = exitCodes.failed;
    return;
  }
  const operation = await askForOperation(ground, { ...asked, confirmation: confirmationOf(letters.length) });
  await carryOut(ground, output, operation);
}

/** Works on an operation to its end, with progress, and gives what came of it. */
async function carryOut(ground: Surroundings, output: Output, { id }: LetterOperation): Promise<void> {
  const progress = createProgress({ quiet: output.json });
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once("SIGINT", interrupt);
  try {
    const done = await workOn(ground, id, {
      signal: stop.signal,
      onProgress: (operation) => progress.doing(`${operation.action} ${outcomeOf(operation)}`),
    });
    if (!isOver(done) || done.done < done.total) process.exitCode = exitCodes.failed;
    const left = isOver(done) ? "" : `; go on with: ratchet dead-letters resume ${id}`;
    output.result(done, `${done.action} ${outcomeOf(done)}${left}`);
  } finally {
    process.off("SIGINT", interrupt);
    progress.close();
  }
}

/** Works on one operation, or on every one that nobody has brought to its end. */
export async function resume(ground: Surroundings, output: Output, id: string | undefined): Promise<void> {
  const open = await openOperations(ground);
  const chosen = id === undefined ? open : open.filter((one) => one.id === id);
  if (chosen.length === 0) {
    output.result([], id === undefined ? "no operation is under way" : `operation ${id} is over, or never was`);
    if (id !== undefined) process.exitCode = exitCodes.failed;
    return;
  }
  for (const operation of chosen) await carryOut(ground, output, operation);
}
