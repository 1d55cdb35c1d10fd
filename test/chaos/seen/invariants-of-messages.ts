import { type Envelope, messageFailed } from "@ratchet/contracts";
import { type Broken, broken } from "./broken.ts";
import type { Excuses } from "./letters.ts";
import type { Seen } from "./seen.ts";

/** Every dead letter tells why it is one. */
export const deadLettersHaveReasons = ({ letters }: Seen): readonly Broken[] =>
  letters
    .filter(({ failure, brokerReason }) => failure === undefined && brokerReason !== "MaxDeliveryCountExceeded")
    .map(({ queue, messageId, enqueuedAt }) =>
      broken(`a dead letter of ${queue} has no reason: ${messageId}`, enqueuedAt?.getTime()),
    );

/** Event Grid goes on for a day: nothing that it took can be given up by now. */
export const eventsAreDelivered = ({ undelivered }: Seen): readonly Broken[] =>
  undelivered.map((name) => broken(`Event Grid has given up an event: ${name}`));

/** Failing to record an event makes no further events: they would come back to be recorded. */
export const failingToRecordStaysQuiet = ({ ledger }: Seen): readonly Broken[] =>
  ledger
    .filter((event) => messageFailed.is(event) && event.data.queue === "run-ledger")
    .map(({ subject, time }) => broken(`an event tells that an event could not be recorded: ${subject}`, time));

/** What one subscriber hears the console has recorded, and the other way round. */
export function everybodyHearsTheSame(
  { ledger }: Seen,
  heard: ReadonlyMap<string, Envelope>,
  excuses: Excuses,
): readonly Broken[] {
  const recorded = new Set(ledger.map(({ id }) => id));
  return [
    ...[...heard.values()]
      .filter(({ id }) => !recorded.has(id) && !excuses.record())
      .map(({ type, subject, time }) =>
        broken(`a subscriber heard ${type} of ${subject}, and it is in no record`, time),
      ),
    ...ledger
      .filter(({ id }) => !heard.has(id))
      .map(({ type, subject, time }) =>
        broken(`${type} of ${subject} is recorded, and a subscriber never heard it`, time),
      ),
  ];
}
