import colors from "picocolors";
import { seconds } from "./output.ts";

/** Live progress on standard error: finished steps stay, what is going on moves on the last line. */
export interface Progress {
  /** A new chapter. */
  heading(text: string): void;
  /** Something was seen to be so. */
  done(text: string): void;
  /** Something was seen not to be so. */
  failed(text: string): void;
  /** What is going on; on a terminal it takes the place of what went on before. */
  doing(text: string): void;
  close(): void;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const clearLine = "\r\u001b[K";

/** Progress on a terminal, or, without one, as plain lines. `quiet` says nothing at all. */
export function createProgress({ quiet = false, stream = process.stderr } = {}): Progress {
  const live = stream.isTTY === true && !quiet;
  const begun = performance.now();
  let current = "";
  let frame = 0;
  const draw = () => {
    if (!live || !current) return;
    frame = (frame + 1) % frames.length;
    const room = Math.max(20, (stream.columns ?? 80) - 4);
    const shown = current.length > room ? `${current.slice(0, room - 1)}…` : current;
    stream.write(`${clearLine}${colors.cyan(frames[frame] ?? "")} ${colors.dim(shown)}`);
  };
  const timer = live ? setInterval(draw, 80) : undefined;
  timer?.unref();
  const line = (text: string) => {
    if (quiet) return;
    stream.write(`${live ? clearLine : ""}${text}\n`);
    current = "";
  };
  const clock = () => colors.dim(seconds(performance.now() - begun).padStart(9));
  return {
    heading: (text) => line(`\n${colors.bold(text)}`),
    done: (text) => line(`${clock()}  ${colors.green("✓")} ${text}`),
    failed: (text) => line(`${clock()}  ${colors.red("✗")} ${text}`),
    doing(text) {
      current = text;
      draw();
    },
    close() {
      if (timer) clearInterval(timer);
      if (live) stream.write(clearLine);
    },
  };
}
