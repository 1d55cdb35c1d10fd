import { type Cause, causeOf, keyOf } from "./cause.ts";
import { type Letter, type Place, reasonOf, subjectOf } from "./letter.ts";

/** Letters with one cause. */
export interface LetterGroup extends Cause {
  readonly key: string;
  readonly count: number;
  /** The newest letter's reason, in words. */
  readonly reason: string;
  /** When the first of them failed, and when the last; ISO 8601. */
  readonly first: string;
  readonly last: string;
  /** How many came within the last hour. */
  readonly inLastHour: number;
  /** How many were replayed before and have failed again, and how often the one that was replayed most. */
  readonly replayed: number;
  readonly mostReplays: number;
  readonly places: readonly Place[];
  readonly models: readonly string[];
}

/** A place and what lies in it. */
export interface PlaceCount {
  readonly place: Place;
  readonly count: number;
  /** Since when the oldest and the newest lie there; ISO 8601. */
  readonly oldest: string;
  readonly newest: string;
  readonly inLastHour: number;
}

const hourMs = 3_600_000;

const isWithinHour =
  (now: Date) =>
  ({ since }: Letter): boolean =>
    now.getTime() - Date.parse(since) < hourMs;

const distinct = <T>(items: readonly (T | undefined)[]): readonly T[] =>
  [...new Set(items)].filter((item): item is T => item !== undefined);

/** The earliest and the latest of some times, of which there is one at least. */
function span(times: readonly string[]): readonly [string, string] {
  let [first = "", last = ""] = [times[0], times[0]];
  for (const time of times) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return [first, last];
}

/** Letters by their cause, the largest group first. */
export function groupLetters(letters: readonly Letter[], now: Date): readonly LetterGroup[] {
  const byCause = new Map<string, { readonly cause: Cause; readonly letters: Letter[] }>();
  for (const letter of letters) {
    const cause = causeOf(letter);
    const name = `${cause.messageType}\n${cause.error}\n${cause.thrownAt}`;
    const group = byCause.get(name);
    if (group) group.letters.push(letter);
    else byCause.set(name, { cause, letters: [letter] });
  }
  return [...byCause.values()]
    .map(({ cause, letters: of }) => {
      const [first] = span(of.map(({ firstFailedAt }) => firstFailedAt));
      const [, last] = span(of.map(({ since }) => since));
      const newest = of.find(({ since }) => since === last);
      return {
        ...cause,
        key: keyOf(cause),
        count: of.length,
        reason: newest ? reasonOf(newest) : "",
        first,
        last,
        inLastHour: of.filter(isWithinHour(now)).length,
        replayed: of.filter(({ replays }) => replays > 0).length,
        mostReplays: of.reduce((most, { replays }) => Math.max(most, replays), 0),
        places: distinct(of.map(({ place }) => place)),
        models: distinct(of.map((letter) => subjectOf(letter).model)),
      };
    })
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}

/** How many letters lie where, and since when; places without any are left out. */
export function countPlaces(letters: readonly Letter[], now: Date): readonly PlaceCount[] {
  return [...Map.groupBy(letters, ({ place }) => place)].map(([place, of]) => {
    const [oldest, newest] = span(of.map(({ since }) => since));
    return { place, count: of.length, oldest, newest, inLastHour: of.filter(isWithinHour(now)).length };
  });
}
