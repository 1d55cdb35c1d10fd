import {
  appendFileSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { BlobEvent } from "../blob-event.ts";

/** Events on their way to whoever takes them: written down until they are taken, so that none ends with a process. */
export interface Outbox {
  /** What an earlier process has written down and nobody has taken, oldest first. */
  readonly left: readonly BlobEvent[];
  add(event: BlobEvent): void;
  /** An event was taken, by its id. */
  taken(id: string): void;
  /** Resolves when all are taken. */
  empty(): Promise<void>;
}

type Line = { readonly event: BlobEvent } | { readonly taken: string };

/** Opens the outbox in a folder, or one in memory that ends with the process. */
export function openOutbox(folder: string | undefined): Outbox {
  const waiting = new Set<string>();
  const onEmpty = new Set<() => void>();
  const { left, write, clear } = folder === undefined ? nowhere : openFile(folder);
  for (const { id } of left) waiting.add(id);
  return {
    left,
    add(event) {
      waiting.add(event.id);
      write({ event });
    },
    taken(id) {
      waiting.delete(id);
      if (waiting.size > 0) return write({ taken: id });
      clear();
      for (const resolve of onEmpty) resolve();
      onEmpty.clear();
    },
    empty: () => (waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => onEmpty.add(resolve))),
  };
}

const nowhere = { left: [], write: (_: Line) => {}, clear: () => {} };

function openFile(folder: string) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "events.jsonl");
  const left = existsSync(path) ? untaken(readFileSync(path, "utf8")) : [];
  // Written anew: nothing may be appended to half a line.
  writeFileSync(`${path}.new`, left.map((event) => lineOf({ event })).join(""), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  const descriptor = openSync(path, "a");
  return {
    left,
    write: (line: Line) => appendFileSync(descriptor, lineOf(line)),
    clear: () => ftruncateSync(descriptor),
  };
}

const lineOf = (line: Line) => `${JSON.stringify(line)}\n`;

/** A last line without an end was being written when the process ended; the client had no answer yet. */
function untaken(text: string): readonly BlobEvent[] {
  const events = new Map<string, BlobEvent>();
  for (const line of text.split("\n").slice(0, -1)) {
    const entry = JSON.parse(line) as Line;
    if ("event" in entry) events.set(entry.event.id, entry.event);
    else events.delete(entry.taken);
  }
  return [...events.values()];
}
