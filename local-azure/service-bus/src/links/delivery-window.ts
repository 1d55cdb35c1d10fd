import { settleDelivery } from "../amqp/adjust.ts";
import type { RheaDelivery, RheaSender, Typed } from "../amqp/rhea.ts";
import type { Journal } from "../queue/journal.ts";
import type { MessageRecord } from "../queue/record.ts";

/**
 * The deliveries of one link on their way through the window of its AMQP session: those that wait for a commit, those
 * that `rhea` has, and whether there is room for more.
 */
export class DeliveryWindow {
  readonly #link: RheaSender;
  readonly #journal: Journal;
  readonly #onRoom: () => void;
  /** Deliveries that wait for a commit, and so are not yet known to `rhea`. */
  #waiting = 0;
  /** There was no room: credit is left that is not used until deliveries have left the window. */
  #isStalled = false;
  #isLooking = false;

  /** `onRoom` is called when there is room again, for those who were told that there was none. */
  constructor(link: RheaSender, journal: Journal, onRoom: () => void) {
    this.#link = link;
    this.#journal = journal;
    this.#onRoom = onRoom;
  }

  hasRoom(): boolean {
    if (this.#available()) return true;
    this.#isStalled = true;
    this.#lookSoon();
    return false;
  }

  /** A message is shown as it is on disk; and none overtakes another on its link. */
  sendOnceOnDisk(record: MessageRecord, send: () => void): void {
    if (this.#waiting === 0 && this.#journal.isOnDisk(record)) send();
    else this.sendAfterCommit(send);
  }

  sendAfterCommit(send: () => void): void {
    this.#waiting++;
    this.#journal.afterCommit(() => {
      this.#waiting--;
      send();
      this.#lookSoon();
    });
  }

  settle(delivery: RheaDelivery, answer: Typed | undefined): void {
    settleDelivery(delivery, answer);
    this.#lookSoon();
  }

  /** Called when deliveries may have left the window. */
  look(): void {
    if (!this.#isStalled || !this.#available()) return;
    this.#isStalled = false;
    this.#onRoom();
  }

  /** What is settled leaves the window when `rhea` has made frames of it, which it does in `nextTick`. */
  #lookSoon(): void {
    if (!this.#isStalled || this.#isLooking) return;
    this.#isLooking = true;
    process.nextTick(() => {
      this.#isLooking = false;
      this.look();
    });
  }

  #available(): boolean {
    return this.#link.session.outgoing.deliveries.available() > this.#waiting;
  }
}
