/** A request that cannot be answered, with the status that says whose fault it is. */
export class InferenceError extends Error {
  override readonly name = "InferenceError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The request is wrong: 400, with what is wrong and what is expected. */
export const badRequest = (message: string): InferenceError => new InferenceError(400, message);
