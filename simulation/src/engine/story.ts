import { beginning } from "./clock.ts";

/** What happens, in words: kept where somebody wants to read it. */
export interface Story {
  readonly lines: readonly string[];
  tell(now: number, line: () => string): void;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** How long after the beginning, as `1d 02:03:04.567`. */
export function elapsed(now: number): string {
  const milliseconds = now - beginning;
  const seconds = Math.floor(milliseconds / 1000);
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return `${days > 0 ? `${days}d ` : ""}${clock}.${String(milliseconds % 1000).padStart(3, "0")}`;
}

export function createStory(wanted: boolean): Story {
  const lines: string[] = [];
  return {
    lines,
    tell(now, line) {
      if (wanted) lines.push(`${elapsed(now)}  ${line()}`);
    },
  };
}
