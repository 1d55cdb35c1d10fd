/**
 * What Ratchet writes on a message beside its content: Service Bus application properties.
 * They belong to one delivery; the CloudEvent inside stays as it was.
 */
export const marks = {
  attempt: "ratchet-attempt",
  failedAt: "ratchet-failure-at",
  failureName: "ratchet-failure-name",
  failureMessage: "ratchet-failure-message",
  failureStack: "ratchet-failure-stack",
  failureService: "ratchet-failure-service",
  replays: "ratchet-replays",
  replayOf: "ratchet-replay-of",
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

/** Which attempt a delivery is, from 1. */
export const attemptOf = (properties: Properties): number => Number(properties[marks.attempt] ?? 1) || 1;

/** How often the message has been replayed by an operator. */
export const replaysOf = (properties: Properties): number => Number(properties[marks.replays] ?? 0) || 0;

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
    attempts: attemptOf(properties),
  };
}

/** A message's properties may hold 64 KB in all; a stack is cut well below. */
const maxStack = 8_192;
const maxMessage = 2_048;

/** A failure as application properties. */
export const failureMarks = (failure: Failure): Record<string, string | number> => ({
  [marks.attempt]: failure.attempts,
  [marks.failedAt]: failure.at,
  [marks.failureName]: failure.name,
  [marks.failureMessage]: failure.message.slice(0, maxMessage),
  ...(failure.stack ? { [marks.failureStack]: failure.stack.slice(0, maxStack) } : {}),
  [marks.failureService]: failure.service,
});

const brokerMarks = new Set(["DeadLetterReason", "DeadLetterErrorDescription"]);

/** The properties that a copy of the message may keep: neither a failure's nor the broker's own. */
export function withoutFailure(properties: Properties): Record<string, string | number | boolean | Date> {
  const kept: Record<string, string | number | boolean | Date> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("ratchet-failure-") || name === marks.attempt || brokerMarks.has(name)) continue;
    if (["string", "number", "boolean"].includes(typeof value) || value instanceof Date)
      kept[name] = value as string | number | boolean | Date;
  }
  return kept;
}
