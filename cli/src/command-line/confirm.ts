import { createInterface } from "node:readline/promises";
import { WrongInputError } from "../errors.ts";
import { printableLines } from "../output.ts";

/**
 * Asks on the terminal and gives what was typed, without spaces around it.
 * @throws {WrongInputError} when nobody is there to ask; it says what to give instead.
 */
async function answerTo(question: string, instead: string): Promise<string> {
  if (!process.stdin.isTTY) throw new WrongInputError(`${question} ${instead}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(`${printableLines(question)} `)).trim();
  } finally {
    terminal.close();
  }
}

/** @throws {WrongInputError} when nobody is there to ask. */
export const confirmed = async (question: string): Promise<boolean> =>
  /^y(es)?$/i.test(await answerTo(`${question} [y/N]`, "Say --yes where nobody is there to ask."));

/** Whether exactly these words were typed. @throws {WrongInputError} when nobody is there to ask. */
export const typed = async (question: string, words: string): Promise<boolean> =>
  (await answerTo(`${question} Type \`${words}\`:`, `Say --confirm "${words}" where nobody is there to ask.`)) ===
  words;
