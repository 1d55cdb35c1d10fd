interface Closable {
  close(): Promise<unknown>;
}

/** Things to be closed in the reverse order of their start, each whatever became of the others. */
interface Closing {
  add<T extends Closable>(started: T): T;
  /** For what another part needs until that is closed itself, though it started later. */
  addBelow<T extends Closable>(started: T, user: Closable): T;
  /** @throws {AggregateError} when something could not be closed. */
  close(): Promise<void>;
}

export function createClosing(): Closing {
  const open: Closable[] = [];
  return {
    add(started) {
      open.push(started);
      return started;
    },
    addBelow(started, user) {
      open.splice(open.indexOf(user), 0, started);
      return started;
    },
    async close() {
      const errors: unknown[] = [];
      for (const started of open.splice(0).reverse()) {
        try {
          await started.close();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, "not all of the local Azure could be closed");
    },
  };
}
