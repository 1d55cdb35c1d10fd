/** Bytes that are not well-formed AMQP: the peer is told `amqp:decode-error`. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
  readonly condition = "amqp:decode-error";
}
