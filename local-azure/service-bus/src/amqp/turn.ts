/**
 * The end of an event-loop turn: what has come in from all sockets is handed out, written to disk once, and only then
 * answered, with one write to each socket.
 */
export class Turn {
  readonly #settle: () => void;
  readonly #flushes = new Set<() => void>();
  #scheduled = false;
  #again = false;

  /** `settle` hands out what is there and commits. */
  constructor(settle: () => void) {
    this.#settle = settle;
  }

  /** Makes sure that this turn ends with `settle`. */
  wake(): void {
    if (this.#scheduled) {
      this.#again = true;
      return;
    }
    this.#scheduled = true;
    this.#again = false;
    setImmediate(() => {
      this.#again = false;
      this.#settle();
    });
    // A second callback: between the two, `rhea` turns what was settled into frames (it does so in `nextTick`).
    setImmediate(() => this.#flush());
  }

  /** Has `flush` called once at the end of this turn. */
  flushAtEnd(flush: () => void): void {
    this.#flushes.add(flush);
    this.wake();
  }

  #flush(): void {
    this.#scheduled = false;
    const flushes = [...this.#flushes];
    this.#flushes.clear();
    for (const flush of flushes) flush();
    if (this.#again) this.wake();
  }
}
