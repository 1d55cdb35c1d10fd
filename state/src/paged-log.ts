import { type Blobs, ConflictError } from "./blobs.ts";
import { CorruptDocumentError } from "./corrupt-document.ts";
import type { Kind } from "./kind.ts";

/** An entry of a log, and where it stands: later entries have greater positions; the first is greater than 0. */
export interface Logged<Entry> {
  readonly entry: Entry;
  readonly position: number;
}

/** A log that others write. */
export interface LogReader<Entry> {
  /**
   * The entries after a position, oldest first. An entry may be there twice: whoever appended it did not learn that it was.
   * @throws {CorruptDocumentError} when a line is not JSON or none of its kind.
   */
  entries(after?: number): AsyncIterable<Logged<Entry>>;
}

/**
 * A log in pages, in one container: what is written stays, and to append costs the same however long the log is and
 * however many append at once. A page is an append blob of JSON lines; when it is full, the next one begins.
 */
export interface PagedLog<Entry> extends LogReader<Entry> {
  /** @throws {DocumentError} when the entry is none of its kind. */
  append(entry: Entry): Promise<void>;
}

/** In bytes: a page that has some two hundred entries is full. */
const usualPage = 64 * 1024;

/** More than a page has lines. */
const linesPerPage = 100_000;

const positionOf = (page: number, line: number): number => page * linesPerPage + line;

/** What the blobs of a log are called. */
const pathsIn = (folder: string) => ({
  page: (page: number) => `${folder}/${String(page).padStart(6, "0")}.jsonl`,
  /** The number of the last page, or of one before it: somebody may have begun the next and not said so. */
  latest: `${folder}/latest`,
});

/** Reads a log. @param folder e.g. `digits/log` */
export function logReader<Entry>(
  blobs: Pick<Blobs, "name" | "read">,
  folder: string,
  kind: Pick<Kind<Entry>, "parse">,
): LogReader<Entry> {
  const paths = pathsIn(folder);
  const read = (path: string, line: string, number: number): Entry => {
    try {
      return kind.parse(JSON.parse(line));
    } catch (error) {
      throw new CorruptDocumentError(blobs.name, `${path}, line ${number},`, error);
    }
  };
  return {
    async *entries(after = 0) {
      for (let page = Math.floor(after / linesPerPage); ; page += 1) {
        const path = paths.page(page);
        const stored = await blobs.read(path);
        if (!stored) return;
        const lines = stored.content.toString("utf8").split("\n");
        for (const [index, line] of lines.entries()) {
          const position = positionOf(page, index + 1);
          if (line !== "" && position > after) yield { entry: read(path, line, index + 1), position };
        }
      }
    },
  };
}

/**
 * A log to append to.
 * @param folder e.g. `digits/log`
 * @param fullAt in bytes: what a page has when the next one begins. Nothing is appended to a page before the last, so positions
 *   only grow.
 */
export function pagedLog<Entry>(
  blobs: Blobs,
  folder: string,
  kind: Kind<Entry>,
  fullAt: number = usualPage,
): PagedLog<Entry> {
  const paths = pathsIn(folder);

  async function latestPage(): Promise<number> {
    const stored = await blobs.read(paths.latest);
    return Number(stored?.content.toString("utf8") ?? 0);
  }

  return {
    ...logReader(blobs, folder, kind),
    async append(entry) {
      const line = `${JSON.stringify(kind.toJson(entry))}\n`;
      const known = await latestPage();
      let page = known;
      while (!(await blobs.append(paths.page(page), line, { fullAt, contentType: "application/jsonl" }))) page += 1;
      if (page === known) return;
      try {
        await blobs.write(paths.latest, String(page), { expected: "any", contentType: "text/plain" });
      } catch (error) {
        // It only saves others the way through full pages.
        if (!(error instanceof ConflictError)) throw error;
      }
    },
  };
}
