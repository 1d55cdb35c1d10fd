import type { Grants } from "../access/access-policy.ts";
import { adjustDrain, answerDrain, holdAttach, settleDelivery } from "../amqp/adjust.ts";
import { dotNetGuid, dotNetTicks } from "../amqp/dot-net.ts";
import type { FrameSocket } from "../amqp/frame-socket.ts";
import { encodeDelivery } from "../amqp/outgoing.ts";
import { ACCEPTED, type RheaDelivery, type RheaSender, rejected, type Typed, types } from "../amqp/rhea.ts";
import { NotAllowedError, SessionLockLostError, TimedOutError } from "../errors.ts";
import type { Consumer, Dispatcher, SessionWaiter } from "../namespace/dispatcher.ts";
import { requireReceivable } from "../namespace/live-entities.ts";
import type { MessageLock, SessionLock } from "../queue/locks.ts";
import { acceptSession, releaseSession } from "../queue/sessions.ts";
import { requireHeld, settle } from "../queue/settle.ts";
import { contentOf } from "../queue/state.ts";
import type { Broker } from "./broker.ts";
import { amqpError, type LinkHandler, refuse } from "./link-handler.ts";
import { outcomeOf } from "./outcome.ts";
import { outcomeWithin, type Transactions, transactionOf } from "./transactions.ts";

const SESSION_FILTER = "com.microsoft:session-filter";
const SETTLED_MODE = 1;
const DEFAULT_SESSION_WAIT = 60_000;

/** Everything that a consumer needs of the connection it is on. */
export interface ConsumerSurroundings {
  readonly broker: Broker;
  readonly grants: Grants;
  readonly transactions: Transactions;
  readonly socket: FrameSocket;
}

/** Hands messages of an entity to a client. Throws a `ServiceBusError` where it may not have them. */
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
  const wantsSession = filter !== undefined && filter !== null && SESSION_FILTER in filter;
  requireFitting(dispatcher, wantsSession, address);
  const consumer = new LinkConsumer(around, link, dispatcher, address);
  if (wantsSession) consumer.acceptSession(filter[SESSION_FILTER]);
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
  readonly #unsettled = new Map<RheaDelivery, MessageLock>();
  #sent = 0;
  /** Deliveries among the sent that wait for a commit, and so are not yet known to `rhea`. */
  #waiting = 0;
  /** The AMQP session's window is full: there is credit that is not used until deliveries have left it. */
  #isStalled = false;
  #isLooking = false;
  #stopWaiting: (() => void) | undefined;

  constructor(around: ConsumerSurroundings, link: RheaSender, dispatcher: Dispatcher, address: string) {
    this.#around = around;
    this.#link = link;
    this.#dispatcher = dispatcher;
    this.#address = address;
    this.deletes = link.remote.attach.snd_settle_mode === SETTLED_MODE;
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
    holdAttach(this.#link);
    const waiter: SessionWaiter = {
      onLost: this.#onSessionLost,
      grant: (lock) => {
        this.#stopWaiting?.();
        this.#hold(lock);
        this.#link.open();
      },
      detach: (error) => {
        this.#stopWaiting?.();
        refuse(this.#link, error);
      },
    };
    const timer = setTimeout(() => {
      const error = new TimedOutError("No session with messages came free in the time allowed. Try again.");
      waiter.detach(error);
    }, this.#patience());
    this.#stopWaiting = () => {
      clearTimeout(timer);
      this.#dispatcher.stopWaiting(waiter);
      this.#stopWaiting = undefined;
    };
    this.#dispatcher.wait(waiter);
    this.#around.broker.wake(this.#dispatcher);
  }

  #patience(): number {
    const asked = Number(this.#link.remote.attach.properties?.["com.microsoft:timeout"]);
    return asked > 0 ? asked : DEFAULT_SESSION_WAIT;
  }

  #hold(lock: SessionLock): void {
    this.session = lock;
    const { attach } = this.#link.local;
    this.#link.set_source({ address: this.#address, filter: { [SESSION_FILTER]: lock.session.id } });
    attach.properties = { "com.microsoft:locked-until-utc": types.wrap_long(dotNetTicks(lock.until)) };
    this.start();
  }

  readonly #onSessionLost = (): void => {
    this.#dispatcher.remove(this);
    this.#link.close(amqpError(new SessionLockLostError(this.session?.session.id ?? "")));
  };

  credit(): number {
    if (!this.#link.is_open() || this.#around.socket.isCongested) return 0;
    if (!this.#hasRoom()) {
      this.#isStalled = true;
      this.#lookForRoom();
      return 0;
    }
    return this.#link.delivery_count + this.#link.credit - this.#sent;
  }

  deliverLocked(lock: MessageLock): void {
    this.#sent++;
    const content = contentOf(this.#dispatcher.queue, lock.record);
    const bytes = encodeDelivery(content, { ...lock.record, lockedUntil: lock.until });
    this.#around.socket.announce(bytes.length);
    const send = () => void this.#unsettled.set(this.#link.send(bytes, dotNetGuid(lock.token), 0), lock);
    // A message is shown as it is on disk; and none overtakes another on its link.
    if (this.#waiting === 0 && this.#around.broker.journal.isOnDisk(lock.record)) send();
    else this.#sendAfterCommit(send);
  }

  deliverTaken({ record, content }: { record: MessageLock["record"]; content: Buffer }): void {
    this.#sent++;
    const bytes = encodeDelivery(content, record);
    this.#around.socket.announce(bytes.length);
    const tag = Buffer.from(this.#sent.toString(16).padStart(32, "0"), "hex");
    // Gone from the store before it is shown, so that it cannot come a second time.
    this.#sendAfterCommit(() => {
      const delivery = this.#link.send(bytes, tag, 0);
      delivery.settled = true;
    });
  }

  #sendAfterCommit(send: () => void): void {
    this.#waiting++;
    this.#around.broker.journal.afterCommit(() => {
      this.#waiting--;
      send();
      this.#lookForRoom();
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

  #hasRoom(): boolean {
    return this.#link.session.outgoing.deliveries.available() > this.#waiting;
  }

  /** Called when deliveries may have left the window of the link's session. */
  onRoom(): void {
    if (!this.#isStalled || !this.#hasRoom()) return;
    this.#isStalled = false;
    this.#around.broker.wake(this.#dispatcher);
  }

  #settleOnLink(delivery: RheaDelivery, answer: Typed | undefined): void {
    settleDelivery(delivery, answer);
    this.#lookForRoom();
  }

  /** What is settled leaves the window when `rhea` has made frames of it, which it does in `nextTick`. */
  #lookForRoom(): void {
    if (!this.#isStalled || this.#isLooking) return;
    this.#isLooking = true;
    process.nextTick(() => {
      this.#isLooking = false;
      this.onRoom();
    });
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
    let answer: Typed = ACCEPTED;
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
      this.#settleOnLink(delivery, undefined);
      return;
    }
    broker.journal.afterCommit(() => this.#settleOnLink(delivery, answer));
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
