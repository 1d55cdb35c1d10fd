import type { MessageLock, SessionLock } from "../queue/locks.ts";
import { acceptNextSession } from "../queue/sessions.ts";
import type { QueueState } from "../queue/state.ts";
import { type TakenMessage, takeAway, takeLocked } from "../queue/take.ts";

/** Somebody who receives from a queue. */
export interface Consumer {
  /** The session that it holds, where the queue has sessions. */
  readonly session: SessionLock | undefined;
  /** Whether messages are gone as soon as they are delivered. */
  readonly deletes: boolean;
  /** How many more messages it takes at this moment. */
  credit(): number;
  deliverLocked(lock: MessageLock): void;
  deliverTaken(taken: TakenMessage): void;
  /** Called after it was offered all there is. */
  fed(): void;
  /** The entity is gone or does not let receive any more. */
  detach(error: Error): void;
}

/** Somebody who waits for any session with messages. */
export interface SessionWaiter {
  readonly onLost: () => void;
  grant(lock: SessionLock): void;
  detach(error: Error): void;
}

/** Hands the messages of one queue to its consumers, each in turn. */
export class Dispatcher {
  readonly queue: QueueState;
  readonly #consumers = new Set<Consumer>();
  readonly #waiters = new Set<SessionWaiter>();

  constructor(queue: QueueState) {
    this.queue = queue;
  }

  get isIdle(): boolean {
    return this.#consumers.size === 0 && this.#waiters.size === 0;
  }

  add(consumer: Consumer): void {
    this.#consumers.add(consumer);
  }

  remove(consumer: Consumer): void {
    this.#consumers.delete(consumer);
  }

  wait(waiter: SessionWaiter): void {
    this.#waiters.add(waiter);
  }

  stopWaiting(waiter: SessionWaiter): void {
    this.#waiters.delete(waiter);
  }

  detachAll(error: Error): void {
    for (const holder of [...this.#consumers, ...this.#waiters]) holder.detach(error);
    this.#consumers.clear();
    this.#waiters.clear();
  }

  pump(now: number): void {
    for (const waiter of this.#waiters) {
      const lock = acceptNextSession(this.queue, waiter.onLost, now);
      if (!lock) break;
      this.#waiters.delete(waiter);
      waiter.grant(lock);
    }
    let hungry = [...this.#consumers];
    while (hungry.length > 0) hungry = hungry.filter((consumer) => this.#feedOne(consumer, now));
    for (const consumer of this.#consumers) consumer.fed();
    this.#rotate();
  }

  #feedOne(consumer: Consumer, now: number): boolean {
    if (consumer.credit() <= 0) return false;
    const { session } = consumer;
    if (session?.released) return false;
    if (consumer.deletes) {
      const taken = takeAway(this.queue, session, now);
      if (taken) consumer.deliverTaken(taken);
      return taken !== undefined;
    }
    const lock = takeLocked(this.queue, session, now);
    if (lock) consumer.deliverLocked(lock);
    return lock !== undefined;
  }

  /** The first of this time is the last of the next. */
  #rotate(): void {
    if (this.#consumers.size < 2) return;
    for (const first of this.#consumers) {
      this.#consumers.delete(first);
      this.#consumers.add(first);
      return;
    }
  }
}
