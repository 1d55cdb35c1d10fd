import colors from "picocolors";

/** Where a command writes: results to standard output, all else to standard error. */
export interface Output {
  readonly json: boolean;
  /** A result: `text` for people, or `value` as one JSON document where --json asks for it. */
  result(value: unknown, text: string): void;
  /** Part of a result that is text and comes bit by bit. */
  stream(text: string): void;
  /** A word on the way; kept off standard output. */
  note(text: string): void;
}

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
/** Parts text so that every second part is a colour. */
const coloured = new RegExp(`(${escapes.source})`);

const shown: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Text that whoever sent data has chosen, on one line and without power over a terminal: control characters and those that
 * turn the direction of writing are shown as what they are.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (one) => shown[one] ?? `\\u{${one.codePointAt(0)?.toString(16)}}`);

/** As {@link printable}, line breaks kept. */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");

/** As {@link printableLines}, colours kept: the last thing that is done to what a command prints. */
const harmless = (text: string): string =>
  text
    .split(coloured)
    .map((part, index) => (index % 2 === 1 ? part : printableLines(part)))
    .join("");

/** JSON escapes most control characters by itself, and a terminal heeds the others too. */
const harmlessJson = (json: string): string =>
  json.replace(/[\u007f-\u009f\p{Bidi_Control}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

export function createOutput(json: boolean): Output {
  return {
    json,
    result(value, text) {
      process.stdout.write(json ? `${harmlessJson(JSON.stringify(value, null, 2))}\n` : `${harmless(text)}\n`);
    },
    stream(text) {
      process.stdout.write(harmless(text));
    },
    note(text) {
      process.stderr.write(`${harmless(text)}\n`);
    },
  };
}

const width = (text: string) => text.replace(escapes, "").length;

/** A cell on one line, colours kept. */
const cellOf = (text: string): string =>
  text
    .split(coloured)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join("");

/** As much of a text as there is room for, and a mark where some is left out; its colours end where they did. */
function cut(text: string, room: number): string {
  if (width(text) <= room) return text;
  let left = room - 1;
  const parts = text.split(coloured).map((part, index) => {
    if (index % 2 === 1) return part;
    const kept = part.slice(0, Math.max(left, 0));
    const isLast = left >= 0 && part.length > left;
    left -= part.length;
    return isLast ? `${kept}…` : kept;
  });
  return parts.join("");
}

/** No column becomes narrower for want of room. */
const narrowest = 8;
const gap = 2;

/** Takes from the widest column until all fit, as far as that goes. */
function narrowed(wanted: readonly number[], room: number): readonly number[] {
  const widths = [...wanted];
  const total = () => widths.reduce((sum, one) => sum + one, gap * (widths.length - 1));
  while (total() > room) {
    const widest = widths.indexOf(Math.max(...widths));
    const next = [...widths].sort((a, b) => b - a)[1] ?? 0;
    const now = widths[widest] ?? 0;
    const less = Math.max(narrowest, Math.min(now - 1, Math.max(next, now - (total() - room))));
    if (less >= now) break;
    widths[widest] = less;
  }
  return widths;
}

/**
 * Rows under headings, columns as wide as they need to be.
 * @param room how wide all of it may be: the terminal's width, where there is one. What has no room is cut.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  room = process.stdout.isTTY ? process.stdout.columns : undefined,
): string {
  const cells = rows.map((row) => headings.map((_, column) => cellOf(row[column] ?? "")));
  const wanted = headings.map((heading, column) =>
    cells.reduce((most, row) => Math.max(most, width(row[column] ?? "")), width(heading)),
  );
  const widths = room === undefined ? wanted : narrowed(wanted, room);
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const shortened = cut(cell, widths[column] ?? 0);
        return shortened + " ".repeat((widths[column] ?? 0) - width(shortened));
      })
      .join(" ".repeat(gap))
      .trimEnd();
  return [colors.dim(line(headings)), ...cells.map(line)].join("\n");
}

const spans = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

/** How long ago something was, for people: `3 min`, `5 d`; what is yet to come is `now`. @param time ISO 8601 */
export function age(time: string, now: Date = new Date()): string {
  const since = now.getTime() - Date.parse(time);
  if (Number.isNaN(since)) return "";
  const [unit, name] = spans.find(([span]) => since >= span) ?? [];
  return unit === undefined ? "now" : `${Math.floor(since / unit)} ${name}`;
}

/** A duration for people: `4.2 s`, `3 min 12 s`. */
export function seconds(milliseconds: number): string {
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const whole = Math.round(milliseconds / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
