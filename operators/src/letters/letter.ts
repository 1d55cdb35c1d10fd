import type { Envelope, QueueName } from "@ratchet/contracts";
import { aboutOf, type FailedAttempt, type Failure, type Properties } from "@ratchet/messaging";

/** A queue, `event-grid` for what Event Grid could not deliver, or `archive`. */
export type Place = QueueName | "event-grid" | "archive";

/** A message that failed for good, wherever it lies now: plain data, as it is shown and as it is archived. */
export interface Letter {
  /** Its place and its number there: `train-model/7`. */
  readonly id: string;
  readonly place: Place;
  readonly number: string;
  /** The queue that it failed in, or was to reach; undefined where it was for somebody else's webhook. */
  readonly queue: QueueName | undefined;
  /** The same for a message, its retries and its replays: the CloudEvent's id, else the stem of the broker's. */
  readonly message: string;
  /** The broker's id: another for each retry and each replay. */
  readonly messageId: string;
  readonly event: Envelope | undefined;
  readonly body: unknown;
  readonly properties: Properties;
  readonly sessionId: string | undefined;
  /** Why, as the service wrote it on the message; undefined where the broker itself gave up on it. */
  readonly failure: Failure | undefined;
  readonly attempts: readonly FailedAttempt[];
  readonly brokerReason: string | undefined;
  readonly brokerDescription: string | undefined;
  /** When it came to lie here; ISO 8601. */
  readonly since: string;
  /** When it failed for the first time, before all its replays; ISO 8601. */
  readonly firstFailedAt: string;
  /** How often it was replayed before. */
  readonly replays: number;
}

/** Why a message is a dead letter, in a sentence: the service's own words where there are any. */
export const reasonOf = ({
  failure,
  brokerReason,
  brokerDescription,
}: Pick<Letter, "failure" | "brokerReason" | "brokerDescription">): string =>
  failure
    ? `${failure.name}: ${failure.message}`
    : [brokerReason, brokerDescription].filter(Boolean).join(": ") || "no reason given";

const word = (value: string | number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

/** What a letter is about, as far as its event says so. */
export function subjectOf({ event }: Pick<Letter, "event">) {
  const { model, run, version } = event ? aboutOf(event) : {};
  return { model: word(model), run: word(run), version: word(version), trace: event?.traceparent?.split("-")[1] };
}

/** The type of the message; `unknown` of what is no CloudEvent. */
export const typeOf = ({ event }: Pick<Letter, "event">): string => event?.type ?? "unknown";
