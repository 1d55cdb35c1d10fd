/** Event Grid was asked for something it cannot do; the message names it and says what to do. */
export class EventGridError extends Error {
  override readonly name: string = "EventGridError";
}

/** A request to publish was refused: nothing of it was taken. */
export class PublishError extends EventGridError {
  override readonly name = "PublishError";
  /** The HTTP status that the publisher gets. */
  readonly status: 400 | 401 | 403 | 404 | 405 | 413;
  readonly code: string;

  constructor(status: PublishError["status"], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A webhook did not agree to receive events. */
export class HandshakeError extends EventGridError {
  override readonly name = "HandshakeError";
}
