/** The data folder cannot be used: the message names it and says what to do. */
export class StoreError extends Error {
  override readonly name: string = "StoreError";
  readonly folder: string;

  constructor(folder: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.folder = folder;
  }
}

/** Another process uses the folder. */
export class StoreLockedError extends StoreError {
  override readonly name = "StoreLockedError";

  constructor(folder: string, options?: ErrorOptions) {
    super(
      folder,
      `The data folder '${folder}' is in use by another Service Bus. Stop that one, or choose another folder.`,
      options,
    );
  }
}

/** What is on disk is not what a Service Bus wrote. Nothing has been changed or thrown away. */
export class StoreCorruptError extends StoreError {
  override readonly name = "StoreCorruptError";

  constructor(folder: string, detail: string, options?: ErrorOptions) {
    super(
      folder,
      `The data folder '${folder}' is damaged (${detail}). Nothing in it was changed: restore it from a copy, or move it away to begin anew.`,
      options,
    );
  }
}

/** Writing failed while the broker ran (disk full, disk gone): it has stopped, for it can promise nothing more. */
export class StoreWriteError extends StoreError {
  override readonly name = "StoreWriteError";

  constructor(folder: string, options?: ErrorOptions) {
    const detail = options?.cause instanceof Error ? options.cause.message : String(options?.cause);
    super(
      folder,
      `Writing to the data folder '${folder}' failed (${detail}). What was acknowledged is safe; make room or mend the disk, then start again.`,
      options,
    );
  }
}
