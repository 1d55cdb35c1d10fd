import type { Grants } from "../access/access-policy.ts";
import { settleDelivery } from "../amqp/adjust.ts";
import { readIncoming } from "../amqp/incoming.ts";
import { MalformedError } from "../amqp/malformed-error.ts";
import { Cursor } from "../amqp/read.ts";
import { accepted, type RheaDelivery, type RheaReceiver, rejected } from "../amqp/rhea.ts";
import { sectionCode, sectionsOf } from "../amqp/sections.ts";
import { MessageTooLargeError, NotAllowedError } from "../errors.ts";
import type { LiveEntity } from "../namespace/live-entities.ts";
import { requireSendable } from "../namespace/live-entities.ts";
import { accept, messageSizeLimit } from "../namespace/routing.ts";
import type { Arrival } from "../queue/arrive.ts";
import type { Broker } from "./broker.ts";
import { amqpError, type LinkHandler } from "./link-handler.ts";
import { type Transactions, transactionOf } from "./transactions.ts";

/** A data section for each message, all in one transfer. */
const batchFormat = 0x80013700;
/** The SDK makes an error of its own where more than 2048 sends wait for credit on one link. */
const credit = 4096;
const topUp = credit / 4;

/**
 * Takes in what a client sends to an entity.
 * @throws {EntityNotFoundError} when there is no such entity.
 * @throws {NotAllowedError} when it is a subscription.
 * @throws {UnauthorizedError} when no token that was put on this connection allows it.
 * @throws {EntityDisabledError} when the entity's status lets nobody send.
 */
export function openProducer(
  broker: Broker,
  link: RheaReceiver,
  address: string,
  grants: Grants,
  transactions: Transactions,
): LinkHandler {
  const { entity } = broker.entities.find(address);
  if (entity.kind === "subscription") {
    throw new NotAllowedError(`'${address}' is a subscription: send to its topic '${entity.topic.path}'.`);
  }
  grants.require(address, "Send");
  requireSendable(entity);
  const sizeLimit = messageSizeLimit(entity);
  link.local.attach.max_message_size = sizeLimit;
  link.add_credit(credit);
  let used = 0;

  const takeIn = (bytes: Buffer, delivery: RheaDelivery, oversize: number | undefined): readonly Arrival[] => {
    if (oversize !== undefined) throw new MessageTooLargeError(oversize, sizeLimit);
    const messages = delivery.format === batchFormat ? unpack(bytes) : [bytes];
    return messages.map((message) => ({ ...readIncoming(message), hops: 0 }));
  };

  return {
    sizeLimit,
    onMessage(bytes, delivery, oversize, state) {
      if (++used >= topUp) {
        link.add_credit(used);
        used = 0;
      }
      const transaction = transactionOf(state);
      try {
        const arrivals = takeIn(bytes, delivery, oversize);
        requirePresent(broker, entity, address);
        if (transaction) {
          transactions.enlist(transaction, () => acceptAll(entity, arrivals, broker.clock()));
        } else {
          acceptAll(entity, arrivals, broker.clock());
        }
      } catch (error) {
        settleDelivery(delivery, rejected(amqpError(error)));
        return;
      }
      const outcome = transaction ? transactions.accepted(transaction) : accepted;
      broker.journal.afterCommit(() => settleDelivery(delivery, outcome));
    },
    onGone: () => {},
    requireAccess: () => grants.require(address, "Send"),
  };
}

function acceptAll(entity: LiveEntity, arrivals: readonly Arrival[], now: number): void {
  for (const arrival of arrivals) accept(entity, arrival, now);
}

/** An entity may be deleted while a sender is attached. */
function requirePresent(broker: Broker, entity: LiveEntity, address: string): void {
  if (broker.entities.find(address).entity !== entity) {
    throw new NotAllowedError(`'${address}' was deleted and created anew. Open a new sender.`);
  }
}

function unpack(bytes: Buffer): readonly Buffer[] {
  return sectionsOf(bytes)
    .filter(({ descriptor }) => descriptor === sectionCode.data)
    .map(({ value }) => {
      const message = new Cursor(bytes, value).read();
      if (!Buffer.isBuffer(message)) throw new MalformedError("A message of a batch is not binary.");
      return message;
    });
}
