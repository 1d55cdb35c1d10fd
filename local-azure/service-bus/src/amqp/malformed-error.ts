/** Bytes that are not well-formed AMQP: the peer is told `amqp:decode-error`. */
export class MalformedError extends Error {
  readonly condition = "amqp:decode-error";

  constructor(message: string) {
    super(message);
    this.name = "MalformedError";
  }
}
