import type { AuditEntry, LetterOperation } from "@ratchet/contracts";
import {
  faultsOf,
  groupLetters,
  groupOf,
  type KeptLetter,
  type Letter,
  outcomeOf,
  reasonOf,
  subjectOf,
  typeOf,
} from "@ratchet/operators";
import colors from "picocolors";
import { age, table } from "../output.ts";

/** So many letters are listed for people; all of them with --json. */
const mostListed = 50;

const timesIn = (replays: number): string => (replays === 0 ? "" : `${replays}×`);

/** A letter as it is printed with --json: its reason and group beside it, and the names that it had before. */
export const jsonOf = (letter: Letter): object => ({
  ...letter,
  sequenceNumber: letter.number,
  envelope: letter.event,
  enqueuedAt: letter.since,
  reason: reasonOf(letter),
  group: groupOf(letter),
});

const aboutIn = (letter: Letter): string => {
  const { model, run } = subjectOf(letter);
  return run ?? model ?? letter.event?.subject ?? letter.message;
};

export function lettersTable(letters: readonly Letter[], now: Date, room?: number): string {
  const newestFirst = [...letters].sort((a, b) => (a.since < b.since ? 1 : -1));
  const rows = newestFirst
    .slice(0, mostListed)
    .map((letter) => [
      letter.id,
      age(letter.since, now),
      timesIn(letter.replays),
      aboutIn(letter),
      colors.red(reasonOf(letter)),
    ]);
  const more = letters.length - rows.length;
  return [
    table(["letter", "age", "replayed", "about", "reason"], rows, room),
    ...(more > 0 ? ["", `and ${more} more: \`ratchet dead-letters groups\` has them by cause`] : []),
  ].join("\n");
}

export function groupsTable(letters: readonly Letter[], now: Date, room?: number): string {
  const rows = groupLetters(letters, now).map((group) => [
    group.key,
    colors.bold(String(group.count)),
    group.inLastHour > 0 ? colors.yellow(`+${group.inLastHour}`) : "",
    `${age(group.first, now)} – ${age(group.last, now)}`,
    group.replayed > 0 ? `${group.replayed} (${group.mostReplays}×)` : "",
    group.messageType,
    group.thrownAt,
    colors.red(group.reason),
  ]);
  return table(["group", "letters", "last hour", "age", "replayed", "message", "thrown at", "reason"], rows, room);
}

export function operationsTable(operations: readonly LetterOperation[], now: Date): string {
  const colorOf: Readonly<Record<string, (text: string) => string>> = {
    done: colors.green,
    running: colors.cyan,
    cancelling: colors.yellow,
    cancelled: colors.yellow,
  };
  const rows = operations.map((one) => [
    one.id,
    age(one.at, now),
    one.action,
    (colorOf[one.state] ?? String)(one.state),
    outcomeOf(one),
    one.by,
    one.trouble ? colors.red(one.trouble) : one.reason,
  ]);
  return table(["operation", "age", "action", "state", "letters", "by", "reason"], rows);
}

export function archiveTable(kept: readonly KeptLetter[], now: Date): string {
  const rows = kept.map(({ letter, at, by, reason, editedInto }) => [
    letter.id,
    age(at, now),
    by,
    `${reason}${editedInto === undefined ? "" : ` (edited into ${editedInto})`}`,
    aboutIn(letter),
    colors.red(reasonOf(letter)),
  ]);
  return table(["letter", "archived", "by", "why", "about", "reason"], rows);
}

const indented = (text: string): string => text.replaceAll(/^/gm, "    ");

/** All there is to say of a letter. */
export function describeLetter(letter: Letter, now: Date): string {
  const { model, run, version, trace } = subjectOf(letter);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["message", `${typeOf(letter)}  ${letter.message}`],
    ["about", letter.event?.subject],
    ["model", model],
    ["run", run],
    ["version", version],
    ["trace", trace],
    ["group", groupOf(letter)],
    ["failed", `${age(letter.since, now)} ago, for the first time ${age(letter.firstFailedAt, now)} ago`],
    ["replayed", letter.replays > 0 ? timesIn(letter.replays) : "never"],
    ["broker", [letter.brokerReason, letter.brokerDescription].filter(Boolean).join(": ") || undefined],
  ];
  const faults = faultsOf(letter).map(({ path, message }) => `    ${colors.yellow(path || "message")}  ${message}`);
  const attempts = letter.attempts.map(
    ({ attempt, at, name, message, stack }) =>
      `  ${colors.bold(`attempt ${attempt}`)}  ${age(at, now)} ago\n${indented(stack ?? `${name}: ${message}`)}`,
  );
  return [
    `${colors.bold(letter.id)}  ${colors.red(reasonOf(letter))}`,
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(9)} ${value}`])),
    ...(faults.length > 0 ? ["  by its schema", ...faults] : []),
    ...attempts,
    "  properties",
    indented(JSON.stringify(letter.properties, (name, value) => (hasBeenSaid(name) ? undefined : value), 2)),
    "  body",
    indented(typeof letter.body === "string" ? letter.body : JSON.stringify(letter.body, null, 2)),
  ].join("\n");
}

/** Properties that stand above in words. */
const hasBeenSaid = (name: string): boolean => /^ratchet-(failure-|attempts$)/.test(name);

export const auditTable = (entries: readonly AuditEntry[], now: Date): string =>
  table(
    ["age", "by", "what", "about", "outcome", "reason"],
    entries.map(({ at, by, action, about, outcome, reason }) => [age(at, now), by, action, about, outcome, reason]),
  );
