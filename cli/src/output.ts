import colors from "picocolors";

/** Where a command writes: results to standard output, all else to standard error. */
export interface Output {
  readonly json: boolean;
  /** A result: `text` for people, or `value` as one JSON document where --json asks for it. */
  result(value: unknown, text: string): void;
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
    note(text) {
      process.stderr.write(`${harmless(text)}\n`);
    },
  };
}

const width = (text: string) => text.replace(escapes, "").length;

/** Rows under headings, columns as wide as they need to be. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(width(heading), ...rows.map((row) => width(row[column] ?? ""))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell)))
      .join("  ")
      .trimEnd();
  return [colors.dim(line(headings)), ...rows.map(line)].join("\n");
}

/** A duration for people: `4.2 s`, `3 min 12 s`. */
export function seconds(milliseconds: number): string {
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const whole = Math.round(milliseconds / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
