import { causeOf, groupOf } from "./cause.ts";
import { type Letter, type Place, reasonOf, subjectOf, typeOf } from "./letter.ts";

/** Which letters are meant: those that all of it fits. Without any of it, every letter. */
export interface LetterFilter {
  readonly ids?: readonly string[] | undefined;
  /** The name of a group: letters with one cause. */
  readonly group?: string | undefined;
  readonly place?: Place | undefined;
  readonly type?: string | undefined;
  readonly model?: string | undefined;
  readonly run?: string | undefined;
  /** The class of the error. */
  readonly error?: string | undefined;
  /** Part of the reason, in any case of letters. */
  readonly text?: string | undefined;
  /** Came to lie where they lie at this time or later, and before the other; ISO 8601. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Whether a letter is meant. */
export function fits(filter: LetterFilter): (letter: Letter) => boolean {
  const ids = filter.ids && new Set(filter.ids);
  const text = filter.text?.toLowerCase();
  const same = (wanted: string | undefined, is: () => string | undefined) => wanted === undefined || wanted === is();
  return (letter) =>
    (!ids || ids.has(letter.id)) &&
    same(filter.place, () => letter.place) &&
    same(filter.type, () => typeOf(letter)) &&
    same(filter.model, () => subjectOf(letter).model) &&
    same(filter.run, () => subjectOf(letter).run) &&
    same(filter.error, () => causeOf(letter).error) &&
    same(filter.group, () => groupOf(letter)) &&
    (text === undefined || reasonOf(letter).toLowerCase().includes(text)) &&
    (filter.since === undefined || Date.parse(letter.since) >= Date.parse(filter.since)) &&
    (filter.until === undefined || Date.parse(letter.since) < Date.parse(filter.until));
}

/** A filter in words: `place data-dropped, error UnknownModelError`. */
export function sayFilter({ ids, ...rest }: LetterFilter): string {
  const words = Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  const named = ids ? [ids.length === 1 ? `${ids[0]}` : `${ids.length} chosen`] : [];
  return [...named, ...words].join(", ") || "all";
}
