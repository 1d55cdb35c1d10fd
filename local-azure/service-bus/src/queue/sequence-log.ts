import type { MessageRecord } from "./record.ts";

const compactAfter = 256;

/** Every message of a queue in the order of sequence numbers, whatever its place: what `peek` reads. */
export class SequenceLog {
  #records: MessageRecord[] = [];
  #gone = 0;

  add(record: MessageRecord): void {
    const last = this.#records.at(-1);
    if (!last || last.sequenceNumber < record.sequenceNumber) this.#records.push(record);
    else this.#records.splice(this.#indexOf(record.sequenceNumber), 0, record);
  }

  /** Says that one of the records has been given the place "gone". */
  noteGone(): void {
    this.#gone++;
    if (this.#gone < compactAfter || this.#gone * 2 < this.#records.length) return;
    this.#records = this.#records.filter((record) => record.place !== "gone");
    this.#gone = 0;
  }

  *from(sequenceNumber: number): Generator<MessageRecord> {
    const records = this.#records;
    for (let index = this.#indexOf(sequenceNumber); index < records.length; index++) {
      const record = records[index];
      if (record && record.place !== "gone") yield record;
    }
  }

  get length(): number {
    return this.#records.length - this.#gone;
  }

  /** Where the first record with this sequence number or a higher one stands. */
  #indexOf(sequenceNumber: number): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#records[middle]?.sequenceNumber ?? 0) < sequenceNumber) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
