/** What is done at the end of a turn, in this order. */
interface TurnWork {
  /** Hands out what is there for those who wait for it. */
  handOut(): void;
  isCommitDue(): boolean;
  commit(): void;
}

/** Writes what there is for one socket; `isLast` says that this turn will bring no more. */
type Flush = (isLast: boolean) => void;

/**
 * The end of an event-loop turn: what has come in from all sockets is handed out, written to disk once, and only then
 * answered. Each socket is written to once; twice where a commit is due and there is something that need not wait for it.
 */
export class Turn {
  readonly #work: TurnWork;
  readonly #flushes = new Set<Flush>();
  #scheduled = false;
  #again = false;

  constructor(work: TurnWork) {
    this.#work = work;
  }

  /** Makes sure that this turn ends with the work. */
  wake(): void {
    if (this.#scheduled) {
      this.#again = true;
      return;
    }
    this.#scheduled = true;
    this.#again = false;
    // A callback for each step: between two, `rhea` turns what it was given into frames (it does so in `nextTick`).
    setImmediate(() => {
      this.#again = false;
      this.#work.handOut();
    });
    setImmediate(() => this.#commit());
    setImmediate(() => this.#end());
  }

  /** Has `flush` called at the end of this turn. */
  flushAtEnd(flush: Flush): void {
    this.#flushes.add(flush);
    this.wake();
  }

  #commit(): void {
    if (!this.#work.isCommitDue()) return;
    for (const flush of this.#flushes) flush(false);
    this.#work.commit();
  }

  #end(): void {
    this.#scheduled = false;
    const flushes = [...this.#flushes];
    this.#flushes.clear();
    for (const flush of flushes) flush(true);
    if (this.#again) this.wake();
  }
}
