import type { Grants } from "../access/access-policy.ts";
import { adjustDrain, answerDrain } from "../amqp/adjust.ts";
import { dotNetGuid, dotNetTicks } from "../amqp/dot-net.ts";
import type { FrameSocket } from "../amqp/frame-socket.ts";
import { encodeDelivery } from "../amqp/outgoing.ts";
import { accepted, type RheaDelivery, type RheaSender, rejected, type Typed, types } from "../amqp/rhea.ts";
import { NotAllowedError, SessionLockLostError } from "../errors.ts";
import type { Consumer, Dispatcher } from "../namespace/dispatcher.ts";
import { requireReceivable } from "../namespace/live-entities.ts";
import type { MessageLock, SessionLock } from "../queue/locks.ts";
import { acceptSession, releaseSession } from "../queue/sessions.ts";
import { requireHeld, settle } from "../queue/settle.ts";
import { contentOf } from "../queue/state.ts";
import type { Broker } from "./broker.ts";
import { DeliveryWindow } from "./delivery-window.ts";
import { amqpError, type LinkHandler } from "./link-handler.ts";
import { outcomeOf } from "./outcome.ts";
import { waitForSession } from "./session-wait.ts";
import { outcomeWithin, type Transactions, transactionOf } from "./transactions.ts";

const sessionFilter = "com.microsoft:session-filter";
const settledMode = 1;

/** Everything that a consumer needs of the connection it is on. */
interface ConsumerSurroundings {
  readonly broker: Broker;
  readonly grants: Grants;
  readonly transactions: Transactions;
  readonly socket: FrameSocket;
}

/**
 * Hands messages of an entity to a client.
 * @throws {EntityNotFoundError} when there is no such entity.
 * @throws {NotAllowedError} when it is a topic, or requires sessions and none is asked for, or the other way round.
 * @throws {UnauthorizedError} when no token that was put on this connection allows it.
 * @throws {EntityDisabledError} when the entity's status lets nobody receive.
 * @throws {SessionCannotBeLockedError} when another holds the session.
 */
export function openConsumer(around: ConsumerSurroundings, link: RheaSender, address: string): LinkHandler {
  const { broker, grants } = around;
  const found = broker.entities.find(address);
  if (found.entity.kind === "topic") {
    throw new NotAllowedError(`'${address}' is a topic: receive from one of its subscriptions.`);
  }
  grants.require(address, "Listen");
  requireReceivable(found.entity);
  found.entity.accessedAt = broker.clock();
  const dispatcher = found.entity.parts[found.address.part];
  adjustDrain(link);
  const filter = link.source?.filter;
  const wantsSession = filter !== undefined && filter !== null && sessionFilter in filter;
  requireFitting(dispatcher, wantsSession, address);
  const consumer = new LinkConsumer(around, link, dispatcher, address);
  if (wantsSession) consumer.acceptSession(filter[sessionFilter]);
  else consumer.start();
  return consumer;
}

function requireFitting({ queue }: Dispatcher, wantsSession: boolean, address: string): void {
  if (queue.settings.requiresSession && !wantsSession) {
    throw new NotAllowedError(
      `It is not possible for an entity that requires sessions to create a non-sessionful message receiver. Accept a session of '${address}'.`,
    );
  }
  if (!queue.settings.requiresSession && wantsSession) {
    throw new NotAllowedError(
      `A sessionful message receiver cannot be created on an entity that does not require sessions. Open a plain receiver of '${address}'.`,
    );
  }
}

class LinkConsumer implements Consumer, LinkHandler {
  readonly sizeLimit = 0;
  readonly deletes: boolean;
  session: SessionLock | undefined;
  readonly #around: ConsumerSurroundings;
  readonly #link: RheaSender;
  readonly #dispatcher: Dispatcher;
  readonly #address: string;
  readonly #window: DeliveryWindow;
  readonly #unsettled = new Map<RheaDelivery, MessageLock>();
  #sent = 0;
  #stopWaiting: (() => void) | undefined;

  constructor(around: ConsumerSurroundings, link: RheaSender, dispatcher: Dispatcher, address: string) {
    this.#around = around;
    this.#link = link;
    this.#dispatcher = dispatcher;
    this.#address = address;
    this.#window = new DeliveryWindow(link, around.broker.journal, () => around.broker.wake(dispatcher));
    this.deletes = link.remote.attach.snd_settle_mode === settledMode;
  }

  start(): void {
    this.#dispatcher.add(this);
    this.#around.broker.wake(this.#dispatcher);
  }

  /** A name asks for that session; null asks for any, and waits for one. */
  acceptSession(id: unknown): void {
    const { queue } = this.#dispatcher;
    if (typeof id === "string") {
      this.#hold(acceptSession(queue, id, this.#onSessionLost, this.#around.broker.clock()));
      return;
    }
    const onGranted = (lock: SessionLock) => this.#hold(lock);
    this.#stopWaiting = waitForSession(this.#link, this.#dispatcher, onGranted, this.#onSessionLost);
    this.#around.broker.wake(this.#dispatcher);
  }

  #hold(lock: SessionLock): void {
    this.session = lock;
    const { attach } = this.#link.local;
    this.#link.set_source({ address: this.#address, filter: { [sessionFilter]: lock.session.id } });
    attach.properties = { "com.microsoft:locked-until-utc": types.wrap_long(dotNetTicks(lock.until)) };
    this.start();
  }

  readonly #onSessionLost = (): void => {
    this.#dispatcher.remove(this);
    this.#link.close(amqpError(new SessionLockLostError(this.session?.session.id ?? "")));
  };

  credit(): number {
    if (!this.#link.is_open() || this.#around.socket.isCongested) return 0;
    if (!this.#window.hasRoom()) return 0;
    return this.#link.delivery_count + this.#link.credit - this.#sent;
  }

  deliverLocked(lock: MessageLock): void {
    this.#sent++;
    const content = contentOf(this.#dispatcher.queue, lock.record);
    const bytes = encodeDelivery(content, { ...lock.record, lockedUntil: lock.until });
    this.#around.socket.announce(bytes.length);
    const send = () => void this.#unsettled.set(this.#link.send(bytes, dotNetGuid(lock.token), 0), lock);
    this.#window.sendOnceOnDisk(lock.record, send);
  }

  deliverTaken({ record, content }: { record: MessageLock["record"]; content: Buffer }): void {
    this.#sent++;
    const bytes = encodeDelivery(content, record);
    this.#around.socket.announce(bytes.length);
    const tag = Buffer.from(this.#sent.toString(16).padStart(32, "0"), "hex");
    // Gone from the store before it is shown, so that it cannot come a second time.
    this.#window.sendAfterCommit(() => {
      const delivery = this.#link.send(bytes, tag, 0);
      delivery.settled = true;
    });
  }

  fed(): void {
    if (!this.#link._draining) return;
    this.#around.broker.journal.afterCommit(() => {
      if (!this.#link._draining) return;
      this.#sent = this.#link.delivery_count + this.#link.credit;
      answerDrain(this.#link);
    });
  }

  onRoom(): void {
    this.#window.look();
  }

  onFlow(): void {
    this.#around.broker.wake(this.#dispatcher);
  }

  onDisposition(delivery: RheaDelivery, state: Typed | undefined, settled: boolean): void {
    const { broker, transactions } = this.#around;
    const lock = this.#unsettled.get(delivery);
    if (!lock) return;
    const { queue } = this.#dispatcher;
    const transaction = transactionOf(state);
    const outcome = outcomeOf(outcomeWithin(state));
    let answer: Typed = accepted;
    try {
      if (transaction) {
        transactions.enlist(
          transaction,
          () => settle(queue, lock, outcome, broker.clock()),
          () => requireHeld(queue, lock, broker.clock()),
        );
        answer = transactions.accepted(transaction);
      } else {
        settle(queue, lock, outcome, broker.clock());
      }
    } catch (error) {
      answer = rejected(amqpError(error));
    }
    this.#unsettled.delete(delivery);
    if (settled) {
      // The client has let go of the delivery already and is told nothing: no need to wait, nor to write to disk at once.
      delivery.remote_settled = true;
      this.#window.settle(delivery, undefined);
      return;
    }
    broker.journal.afterCommit(() => this.#window.settle(delivery, answer));
  }

  detach(error: Error): void {
    this.#link.close(amqpError(error));
    this.onGone();
  }

  /** Locks outlive their link, as in the service: the client may settle through `$management`. A session does not. */
  onGone(): void {
    this.#stopWaiting?.();
    this.#dispatcher.remove(this);
    this.#unsettled.clear();
    if (this.session) releaseSession(this.#dispatcher.queue, this.session, false, this.#around.broker.clock());
  }

  requireAccess(): void {
    this.#around.grants.require(this.#address, "Listen");
  }
}
