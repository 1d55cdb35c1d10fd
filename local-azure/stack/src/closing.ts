/** Things to be closed in the reverse order of their start, each whatever became of the others. */
export interface Closing {
  add<T extends { close(): Promise<unknown> }>(started: T): T;
  /** @throws AggregateError with what could not be closed. */
  close(): Promise<void>;
}

export function createClosing(): Closing {
  const open: { close(): Promise<unknown> }[] = [];
  return {
    add(started) {
      open.push(started);
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
