import type { Tries } from "./retry.ts";

/**
 * What Ratchet writes on a message beside its content: Service Bus application properties.
 * They belong to one delivery; the CloudEvent inside stays as it was.
 */
export const marks = {
  attempt: "ratchet-attempt",
  roleWaits: "ratchet-role-waits",
  attempts: "ratchet-attempts",
  toState: "ratchet-to-state",
  failedAt: "ratchet-failure-at",
  failureName: "ratchet-failure-name",
  failureMessage: "ratchet-failure-message",
  failureStack: "ratchet-failure-stack",
  failureService: "ratchet-failure-service",
  replays: "ratchet-replays",
  replayOf: "ratchet-replay-of",
  firstFailedAt: "ratchet-first-failed-at",
} as const;

/** Application properties, as SDKs and the Functions host hand them over. */
export type Properties = Readonly<Record<string, unknown>>;

/** Why a message failed for good; it travels on the message into the dead-letter queue. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly service: string;
  readonly at: string;
  /** How often the message was tried, delayed retries included. */
  readonly attempts: number;
}

const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

const count = (value: unknown): number => Number(value ?? 0) || 0;

/** Where a delivery stands in its queue's schedule; a message without marks is at its first attempt. */
export const triesOf = (properties: Properties): Tries => ({
  attempt: count(properties[marks.attempt]) || 1,
  roleWaits: count(properties[marks.roleWaits]),
});

/** Where a message stands in its queue's schedule, as application properties. */
export const triesMarks = ({ attempt, roleWaits }: Tries): Record<string, number> => ({
  [marks.attempt]: attempt,
  ...(roleWaits > 0 ? { [marks.roleWaits]: roleWaits } : {}),
});

/** Marks an event that a service could not state: whoever receives it from this queue is to state it. */
export const toStateMarks = { [marks.toState]: true } as const;

/** Whether the message is an event that is still to be stated. */
export const isToBeStated = (properties: Properties): boolean => String(properties[marks.toState]) === "true";

/** How often the message has been replayed by an operator. */
export const replaysOf = (properties: Properties): number => count(properties[marks.replays]);

/** When a message that was replayed had failed for the first time; ISO 8601. */
export const firstFailedAtOf = (properties: Properties): string | undefined => text(properties[marks.firstFailedAt]);

/** The failure written on a message; undefined where it has not failed. */
export function failureOf(properties: Properties): Failure | undefined {
  const name = text(properties[marks.failureName]);
  if (name === undefined) return undefined;
  const stack = text(properties[marks.failureStack]);
  return {
    name,
    message: text(properties[marks.failureMessage]) ?? "",
    ...(stack ? { stack } : {}),
    service: text(properties[marks.failureService]) ?? "",
    at: text(properties[marks.failedAt]) ?? "",
    attempts: triesOf(properties).attempt,
  };
}

/** A message's properties may hold 64 KB in all; a stack is cut well below. */
const maxStack = 8_192;
const maxMessage = 2_048;

/** An error as it is written on a letter and said in an event: in words, and cut to what a message can carry. */
export function describeError(error: unknown): Pick<Failure, "name" | "message" | "stack"> {
  if (!(error instanceof Error)) return { name: "Error", message: String(error).slice(0, maxMessage) };
  const { name, message, stack, cause } = error;
  // `fetch failed` says nothing; what it was caused by does.
  const why = cause instanceof Error && !message.includes(cause.message) ? `: ${cause.message}` : "";
  return {
    name: String(name),
    message: `${message}${why}`.slice(0, maxMessage),
    ...(stack ? { stack: stack.slice(0, maxStack) } : {}),
  };
}

/** A failure as application properties. */
export const failureMarks = (failure: Failure): Record<string, string | number> => ({
  [marks.attempt]: failure.attempts,
  [marks.failedAt]: failure.at,
  [marks.failureName]: failure.name,
  [marks.failureMessage]: failure.message,
  ...(failure.stack ? { [marks.failureStack]: failure.stack } : {}),
  [marks.failureService]: failure.service,
});

const ofOneDelivery = new Set<string>([
  marks.attempt,
  marks.attempts,
  marks.roleWaits,
  "DeadLetterReason",
  "DeadLetterErrorDescription",
]);

/** The properties that a copy of the message may keep: neither a failure's, nor its tries', nor the broker's own. */
export function withoutFailure(properties: Properties): Record<string, string | number | boolean | Date> {
  const kept: Record<string, string | number | boolean | Date> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("ratchet-failure-") || ofOneDelivery.has(name)) continue;
    if (["string", "number", "boolean"].includes(typeof value) || value instanceof Date)
      kept[name] = value as string | number | boolean | Date;
  }
  return kept;
}
