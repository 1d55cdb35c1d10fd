import type { MessageRecord } from "./record.ts";

/** Scheduled messages, by sequence number and by the time they are due. */
export class Schedule {
  readonly #bySequence = new Map<number, MessageRecord>();
  readonly #byTime: MessageRecord[] = [];

  get size(): number {
    return this.#bySequence.size;
  }

  add(record: MessageRecord): void {
    this.#bySequence.set(record.sequenceNumber, record);
    const index = this.#positionOf(record.scheduledFor);
    this.#byTime.splice(index, 0, record);
  }

  /** Takes a message out of the schedule; undefined where it is not in it. */
  remove(sequenceNumber: number): MessageRecord | undefined {
    const record = this.#bySequence.get(sequenceNumber);
    this.#bySequence.delete(sequenceNumber);
    return record;
  }

  has(sequenceNumber: number): boolean {
    return this.#bySequence.has(sequenceNumber);
  }

  nextDue(): number {
    return this.#first()?.scheduledFor ?? Number.POSITIVE_INFINITY;
  }

  takeDue(now: number): MessageRecord | undefined {
    const first = this.#first();
    if (!first || first.scheduledFor > now) return undefined;
    this.#byTime.pop();
    this.#bySequence.delete(first.sequenceNumber);
    return first;
  }

  /** Latest first, so that the next one due is popped off the end; cancelled ones are passed over when met. */
  #first(): MessageRecord | undefined {
    for (;;) {
      const last = this.#byTime.at(-1);
      if (!last || this.#bySequence.get(last.sequenceNumber) === last) return last;
      this.#byTime.pop();
    }
  }

  /** Among equals the earlier arrival is due first. */
  #positionOf(time: number): number {
    let low = 0;
    let high = this.#byTime.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#byTime[middle]?.scheduledFor ?? 0) <= time) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
