import { type LetterStep, letterStep, paths } from "@ratchet/contracts";
import type { DocumentStore } from "@ratchet/state";

/** How far an operation has come by what it wrote down, whoever worked on it. */
export interface Journal {
  /** Letters that it is done with. */
  readonly done: Set<string>;
  /** Letters that somebody else took. */
  readonly gone: Set<string>;
  /** Letters that were begun and not said to be done, and when for the first time; ISO 8601. */
  readonly begun: Map<string, string>;
}

export const stepsOf = (documents: DocumentStore, id: string) => documents.log(paths.letterSteps(id), letterStep);

/** A step may be there twice: that changes nothing. */
export async function readJournal(documents: DocumentStore, id: string): Promise<Journal> {
  const journal: Journal = { done: new Set(), gone: new Set(), begun: new Map() };
  for await (const { entry } of stepsOf(documents, id).entries()) note(journal, entry);
  return journal;
}

function note({ done, gone, begun }: Journal, step: LetterStep): void {
  for (const id of step.begun) if (!begun.has(id)) begun.set(id, step.at);
  for (const id of step.done) done.add(id);
  for (const id of step.gone ?? []) gone.add(id);
}
