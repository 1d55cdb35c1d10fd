/** A request that cannot be answered, with the status that says whose fault it is. */
export class InferenceError extends Error {
  override readonly name = "InferenceError";
  readonly status: number;
  /** What HTTP has to say besides, such as when to come again. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** The request is wrong: 400, with what is wrong and what is expected. */
export const badRequest = (message: string): InferenceError => new InferenceError(400, message);

/** The request is larger than what is taken: 413. */
export const tooLarge = (message: string): InferenceError => new InferenceError(413, message);

const soon = { "Retry-After": "1" };

/** Others have all there is: 429, and another time it can be. */
export const tooBusy = (message: string): InferenceError => new InferenceError(429, message, soon);

/** It cannot be answered now, through no fault of the request: 503. */
export const unavailable = (message: string): InferenceError => new InferenceError(503, message, soon);
