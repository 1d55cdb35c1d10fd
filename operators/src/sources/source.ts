import type { Letter } from "../letters/letter.ts";

/** A place where letters lie. */
export interface LetterSource {
  /** All that lie there, oldest first. Nothing is locked or taken. */
  list(): Promise<readonly Letter[]>;
  take(): TakenLetters;
}

/** Letters of one place, held for whoever has asked. */
export interface TakenLetters {
  /**
   * The next of those that are wanted, none twice; `more` tells whether there may be others behind them. Those that others
   * hold at the moment do not come.
   * @param wanted their ids.
   */
  next(
    wanted: ReadonlySet<string>,
    most: number,
  ): Promise<{ readonly letters: readonly Letter[]; readonly more: boolean }>;
  /** Takes letters away, for good. */
  complete(letters: readonly Letter[]): Promise<void>;
  /** Gives back what was not completed. */
  close(): Promise<void>;
}
