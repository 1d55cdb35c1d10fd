import { shortDigest } from "@ratchet/contracts";
import { type Letter, typeOf } from "./letter.ts";

/** What letters that failed alike have in common. */
export interface Cause {
  readonly messageType: string;
  /** The class of the error, or the broker's own reason. */
  readonly error: string;
  /** The function and the file that threw it, without line numbers: those differ between builds. Empty where nobody knows. */
  readonly thrownAt: string;
}

const frame = /^\s*at (?:async )?(?:(.+?) \()?(?:file:\/\/)?([^()]*?)(?::\d+){1,2}\)?\s*$/;
/** Node's own, those of packages, and the making of the error itself. */
const notOurs = /^node:|[\\/]node_modules[\\/]/;

/** Where a stack says that its error was thrown: `admitDrop (functions.cjs)`. */
export function throwerIn(stack: string | undefined): string {
  for (const line of stack?.split("\n") ?? []) {
    const [, name = "", file = ""] = frame.exec(line) ?? [];
    if (file === "" || file === "<anonymous>" || notOurs.test(file) || name.startsWith("new ")) continue;
    const base = file.split(/[\\/]/).at(-1) ?? file;
    return name === "" ? base : `${name} (${base})`;
  }
  return "";
}

export const causeOf = (letter: Letter): Cause => ({
  messageType: typeOf(letter),
  error: letter.failure?.name ?? letter.brokerReason ?? "unknown",
  thrownAt: throwerIn(letter.failure?.stack),
});

/** Names a cause: the same for the same, on every machine. */
export const keyOf = ({ messageType, error, thrownAt }: Cause): string => shortDigest({ messageType, error, thrownAt });

/** The name of the group that a letter belongs to. */
export const groupOf = (letter: Letter): string => keyOf(causeOf(letter));
