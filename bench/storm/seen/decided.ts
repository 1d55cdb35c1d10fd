import { setTimeout as delay } from "node:timers/promises";
import type { Stack } from "../stack/stack.ts";
import type { LogLine } from "./logs.ts";

/** When the data-watcher has said of a file that it is admitted or refused, in milliseconds since the epoch. */
export type Decided = ReadonlyMap<string, number>;

/** The file of which a line says that it is admitted or refused. */
export const decidedIn = ({ service, message }: LogLine): string | undefined =>
  service === "data-watcher" ? /^(?:admitted|refused) ([^ ,:]+)/.exec(message)?.[1] : undefined;

const lookEveryMs = 200;

/**
 * Waits until it was said of every file what becomes of it.
 * @param patienceMs how long nothing may happen.
 * @returns when it was said, and all that was logged meanwhile.
 */
export async function untilDecided(
  { logs }: Stack,
  files: readonly string[],
  patienceMs = 120_000,
): Promise<{ readonly decided: Decided; readonly lines: readonly LogLine[] }> {
  const wanted = new Set(files);
  const decided = new Map<string, number>();
  const lines: LogLine[] = [];
  for (let movedAt = Date.now(); decided.size < wanted.size; await delay(lookEveryMs)) {
    const before = decided.size;
    for (const line of await logs.read()) {
      lines.push(line);
      const file = decidedIn(line);
      if (file !== undefined && wanted.has(file) && !decided.has(file)) decided.set(file, line.at);
    }
    if (decided.size > before) movedAt = Date.now();
    // Whatever is missing by then is missing in the result, too.
    if (Date.now() - movedAt > patienceMs) break;
  }
  return { decided, lines };
}
