import { Help } from "commander";
import colors from "picocolors";
import { printableLines } from "../output.ts";

/** Text in lines that fit the terminal, or `otherwise` characters where there is none; left as it is without either. */
export function wrapped(text: string, stream: NodeJS.WriteStream, otherwise?: number): string {
  const width = stream.isTTY ? stream.columns : otherwise;
  return width ? new Help().boxWrap(text, width) : text;
}

/** Says on standard error what went wrong. */
export function sayError(message: string): void {
  process.stderr.write(`${wrapped(`${colors.red("error")} ${printableLines(message)}`, process.stderr)}\n`);
}
