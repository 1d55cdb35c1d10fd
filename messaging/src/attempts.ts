import { marks, type Properties } from "./marks.ts";

/** One attempt at a message that failed. */
export interface FailedAttempt {
  /** From 1. */
  readonly attempt: number;
  /** ISO 8601. */
  readonly at: string;
  readonly name: string;
  readonly message: string;
  /** Its first lines; left out where they are those of the attempt before, or where there was no room. */
  readonly stack?: string;
}

/**
 * All that a message says of its attempts, in bytes: its properties may hold 64 KB in all, a quarter of which is for the
 * last failure with its stack.
 */
const mostBytes = 16_384;
const mostMessage = 512;
const mostStack = 1_536;

const isAttempt = (value: unknown): value is FailedAttempt =>
  typeof value === "object" &&
  value !== null &&
  "attempt" in value &&
  typeof value.attempt === "number" &&
  "at" in value &&
  typeof value.at === "string" &&
  "name" in value &&
  typeof value.name === "string" &&
  "message" in value &&
  typeof value.message === "string" &&
  (!("stack" in value) || typeof value.stack === "string");

/** The attempts that a message says have failed, oldest first. What is no list of them says nothing. */
export function earlierAttempts(properties: Properties): readonly FailedAttempt[] {
  const said = properties[marks.attempts];
  if (typeof said !== "string") return [];
  try {
    const read: unknown = JSON.parse(said);
    return Array.isArray(read) ? read.filter(isAttempt) : [];
  } catch {
    return [];
  }
}

const bytesOf = (attempts: readonly FailedAttempt[]): number => Buffer.byteLength(JSON.stringify(attempts));

/** The first lines of a stack, as many as there is room for. */
function firstLines(stack: string): string {
  if (stack.length <= mostStack) return stack;
  const cut = stack.slice(0, mostStack);
  return cut.slice(0, Math.max(cut.lastIndexOf("\n"), 0)) || cut;
}

/** As many as there is room for: first their stacks go, then those between the first and the newest. */
function cutToSize(attempts: readonly FailedAttempt[]): readonly FailedAttempt[] {
  let kept = attempts;
  for (let index = 0; index < kept.length - 1 && bytesOf(kept) > mostBytes; index += 1)
    kept = kept.map((one, at) => (at === index ? withoutStack(one) : one));
  while (kept.length > 2 && bytesOf(kept) > mostBytes) kept = kept.toSpliced(1, 1);
  return kept;
}

const withoutStack = ({ stack: _, ...rest }: FailedAttempt): FailedAttempt => rest;

/** The attempts of a message with one more, as a message can carry them. */
export function withAttempt(earlier: readonly FailedAttempt[], failed: FailedAttempt): readonly FailedAttempt[] {
  const { stack, message, ...rest } = failed;
  const lines = stack === undefined ? undefined : firstLines(stack);
  const before = earlier.findLast((one) => one.stack !== undefined)?.stack;
  const last = {
    ...rest,
    message: message.slice(0, mostMessage),
    ...(lines && lines !== before ? { stack: lines } : {}),
  };
  return cutToSize([...earlier, last]);
}

/** Attempts as application properties; none where there are none. */
export const attemptsMarks = (attempts: readonly FailedAttempt[]): Record<string, string> =>
  attempts.length > 0 ? { [marks.attempts]: JSON.stringify(attempts) } : {};
