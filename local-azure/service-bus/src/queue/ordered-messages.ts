import type { MessageRecord } from "./record.ts";

const compactAfter = 1024;

/**
 * Messages ready for delivery, lowest sequence number first.
 *
 * Arrivals come in order and go to an array read from its head; the few that return (abandoned, lock expired) go to a
 * heap. A message that leaves in another way (expired) is left standing and passed over when met.
 */
export class OrderedMessages {
  #arrivals: (MessageRecord | undefined)[] = [];
  #head = 0;
  readonly #returned: MessageRecord[] = [];

  push(record: MessageRecord): void {
    const last = this.#arrivals.at(-1);
    if (this.#head === this.#arrivals.length || (last && last.sequenceNumber < record.sequenceNumber)) {
      this.#arrivals.push(record);
    } else {
      pushHeap(this.#returned, record);
    }
  }

  /** The first message that is still active, left where it is. */
  peek(): MessageRecord | undefined {
    while (this.#returned[0] && this.#returned[0].place !== "active") popHeap(this.#returned);
    while (this.#head < this.#arrivals.length && this.#arrivals[this.#head]?.place !== "active") this.#advance();
    const arrival = this.#arrivals[this.#head];
    const returned = this.#returned[0];
    if (!arrival || !returned) return arrival ?? returned;
    return returned.sequenceNumber < arrival.sequenceNumber ? returned : arrival;
  }

  shift(): MessageRecord | undefined {
    const first = this.peek();
    if (first === undefined) return undefined;
    if (first === this.#returned[0]) popHeap(this.#returned);
    else this.#advance();
    return first;
  }

  #advance(): void {
    this.#arrivals[this.#head++] = undefined;
    if (this.#head > compactAfter && this.#head * 2 > this.#arrivals.length) {
      this.#arrivals = this.#arrivals.slice(this.#head);
      this.#head = 0;
    }
  }
}

function pushHeap(heap: MessageRecord[], record: MessageRecord): void {
  let index = heap.push(record) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(heap[index], heap[parent])) return;
    swap(heap, index, parent);
    index = parent;
  }
}

function popHeap(heap: MessageRecord[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  let index = 0;
  for (;;) {
    const left = index * 2 + 1;
    const smaller = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!isBefore(heap[smaller], heap[index])) return;
    swap(heap, index, smaller);
    index = smaller;
  }
}

function isBefore(a: MessageRecord | undefined, b: MessageRecord | undefined): boolean {
  return a !== undefined && b !== undefined && a.sequenceNumber < b.sequenceNumber;
}

function swap(heap: MessageRecord[], a: number, b: number): void {
  const first = heap[a];
  const second = heap[b];
  if (!first || !second) return;
  heap[a] = second;
  heap[b] = first;
}
