import { createWriteStream } from "node:fs";

/** What happened, in words, in the order in which it did: for who reads it, and for the report. */
export interface Story {
  /** Milliseconds since the story began. */
  readonly elapsed: () => number;
  tell(line: string): void;
  end(): Promise<void>;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`.padStart(9);

/** @param aloud told of each line too. */
export function beginStory(file: string, aloud: (line: string) => void): Story {
  const stream = createWriteStream(file, { flags: "a" });
  const begun = Date.now();
  const elapsed = () => Date.now() - begun;
  return {
    elapsed,
    tell(line) {
      const told = `${seconds(elapsed())}  ${line}`;
      stream.write(`${told}\n`);
      aloud(told);
    },
    end: () => new Promise((resolve) => stream.end(resolve)),
  };
}
