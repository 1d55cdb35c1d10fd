import { FileFault } from "../file-fault.ts";
import type { TextReading } from "./read-text.ts";

/** A line that has anything on it. */
export interface Line {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/**
 * Cuts text that comes in pieces into lines, blank ones left out.
 * @param longest in characters.
 * @throws {FileFault} when a line is longer: `push` does.
 */
export function textLines(longest: number): TextReading<Line> {
  let rest = "";
  let line = 1;
  const lineOf = (text: string): readonly Line[] => (text.trim() === "" ? [] : [{ line, text }]);
  return {
    get line() {
      return line;
    },
    *push(text) {
      let from = 0;
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
        const whole = rest + text.slice(from, at);
        rest = "";
        from = at + 1;
        yield* lineOf(whole);
        line += 1;
      }
      rest += text.slice(from);
      if (rest.length > longest)
        throw new FileFault("malformed", `a line of more than ${longest} characters; write one object per line`, {
          row: line,
        });
    },
    *end() {
      yield* lineOf(rest);
    },
  };
}
