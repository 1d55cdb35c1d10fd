import type { QueueName } from "@ratchet/contracts";
import {
  fits,
  type KeptLetter,
  type Letter,
  type LetterFilter,
  listArchive,
  listLetters,
  type Place,
  places,
  type Surroundings,
} from "@ratchet/operators";
import { WrongInputError } from "../errors.ts";

/** The filters of the command line. */
export interface FilterOptions {
  readonly queue?: string;
  readonly group?: string;
  readonly type?: string;
  readonly model?: string;
  readonly run?: string;
  readonly error?: string;
  readonly text?: string;
  readonly newer?: string;
  readonly older?: string;
  readonly all?: boolean;
}

const units: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time so long ago, or the one that is said. @throws {WrongInputError} when it is neither an age nor a time. */
export function timeOf(said: string, now: Date): string {
  const [, count = "", unit = ""] = /^(\d+)\s*(s|min|h|d)$/.exec(said) ?? [];
  if (count !== "") return new Date(now.getTime() - Number(count) * (units[unit] ?? 0)).toISOString();
  if (Number.isNaN(Date.parse(said)))
    throw new WrongInputError(`${said} is no time: say how long ago (90s, 15min, 2h, 3d), or 2026-11-23T09:00:00Z`);
  return new Date(said).toISOString();
}

/** @throws {WrongInputError} when there is no such place; it names those that there are. */
export function placeNamed(name: string): Place {
  const found = places.find((place) => place === name);
  if (found) return found;
  throw new WrongInputError(`there is no queue ${name}; the places are ${places.join(", ")}`);
}

/** @throws {WrongInputError} when there is no such queue; it names those that there are. */
export function queueNamed(name: string): QueueName {
  const found = placeNamed(name);
  if (found !== "event-grid" && found !== "archive") return found;
  throw new WrongInputError(`${name} is no queue; the queues are ${places.filter((one) => one !== found).join(", ")}`);
}

export const filterOf = (
  ids: readonly string[],
  { queue, newer, older, all: _, ...rest }: FilterOptions,
  now: Date,
): LetterFilter => {
  const { group, type, model, run, error, text } = rest;
  return {
    ...(ids.length > 0 ? { ids } : {}),
    group,
    type,
    model,
    run,
    error,
    text,
    place: queue === undefined ? undefined : placeNamed(queue),
    since: newer === undefined ? undefined : timeOf(newer, now),
    until: older === undefined ? undefined : timeOf(older, now),
  };
};

/** Whether a filter says anything at all. */
export const saysSomething = (filter: LetterFilter): boolean =>
  Object.values(filter).some((value) => value !== undefined);

/** @throws {WrongInputError} when some of the named letters are not there; it names them. */
function mustBeThere(ids: readonly string[] | undefined, letters: readonly Letter[], where: string): void {
  const there = new Set(letters.map(({ id }) => id));
  const missing = ids?.filter((id) => !there.has(id)) ?? [];
  if (missing.length > 0)
    throw new WrongInputError(`there is no ${where} ${missing.join(", ")}; \`ratchet dead-letters\` lists them`);
}

/** The dead letters that are there now and fit. @throws {WrongInputError} when some of the named ones are not there. */
export async function findLetters(ground: Surroundings, filter: LetterFilter): Promise<readonly Letter[]> {
  const letters = await listLetters(ground, filter.place);
  mustBeThere(filter.ids, letters, "dead letter");
  return letters.filter(fits(filter));
}

/** The archived letters that fit. @throws {WrongInputError} when some of the named ones are not there. */
export async function findArchived(ground: Surroundings, filter: LetterFilter): Promise<readonly KeptLetter[]> {
  const kept = await listArchive(ground.documents);
  const isMeant = fits(filter);
  mustBeThere(
    filter.ids,
    kept.map(({ letter }) => letter),
    "archived letter",
  );
  return kept.filter(({ letter }) => isMeant(letter));
}
