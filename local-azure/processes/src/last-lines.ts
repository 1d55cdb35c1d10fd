import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** So many lines say why most programs ended: a stack, and what came before it. */
const keptLines = 20;

/**
 * Reads the output of a process and keeps its last lines, to be shown if the process fails.
 * @param onLine told of each line, with the place of its stream among `streams`.
 * @returns gives the last lines so far, oldest first.
 */
export function keepLastLines(
  streams: readonly (Readable | null)[],
  onLine: (line: string, stream: number) => void = () => {},
): () => readonly string[] {
  const lines: string[] = [];
  for (const [index, stream] of streams.entries()) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      onLine(line, index);
    });
  }
  return () => [...lines];
}
