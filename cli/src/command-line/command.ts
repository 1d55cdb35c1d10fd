import type { Command } from "commander";

/** The groups of commands, as `ratchet --help` has them, in its order. */
export const groups = {
  machine: "This machine:",
  model: "A model:",
  data: "Its data:",
  failures: "What went wrong:",
} as const;

/**
 * A command as it is typed, and what it prints: what a file of `src/program/` exports as `command`. The file's name is
 * the command's.
 */
export interface RatchetCommand {
  readonly group: keyof typeof groups;
  /** The command's place in its group: the lower comes first. By tens, so that another fits in between. */
  readonly place: number;
  /** Whole lines as they would be typed, for the help. */
  readonly examples: readonly [string, ...string[]];
  /** Gives the command its description, arguments, options and action. */
  readonly define: (command: Command) => Command;
}
