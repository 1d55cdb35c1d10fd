/** The message ids seen within the window of duplicate detection. They are kept in the order in which they expire. */
export class Duplicates {
  readonly #seen = new Map<string, number>();

  has(messageId: string, now: number): boolean {
    const until = this.#seen.get(messageId);
    return until !== undefined && until > now;
  }

  remember(messageId: string, until: number): void {
    this.#seen.delete(messageId);
    this.#seen.set(messageId, until);
  }

  /** Drops the ids whose time has come and returns them. */
  forget(now: number): readonly string[] {
    const gone: string[] = [];
    for (const [messageId, until] of this.#seen) {
      if (until > now) break;
      this.#seen.delete(messageId);
      gone.push(messageId);
    }
    return gone;
  }

  nextDue(): number {
    for (const until of this.#seen.values()) return until;
    return Number.POSITIVE_INFINITY;
  }
}
