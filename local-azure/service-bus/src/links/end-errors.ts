import { ServiceBusError } from "../errors.ts";

/**
 * The broker ends the connection, for the reason that it says. All reasons have this one condition: after any other,
 * clients on `rhea` hold the end for one that they have asked for, and never connect again.
 */
export class ForcedEndError extends ServiceBusError {
  override readonly name = "ForcedEndError";
  readonly condition = "amqp:connection:forced";
}

/** A client has said nothing for longer than the broker waits. */
export class SilentClientError extends ServiceBusError {
  override readonly name = "SilentClientError";
  readonly condition = "amqp:resource-limit-exceeded";

  constructor() {
    super("The client was silent for longer than the idle time-out allows.");
  }
}

/** A client takes no frames of the size that every client has to take. */
export class FrameTooSmallError extends ServiceBusError {
  override readonly name = "FrameTooSmallError";
  readonly condition = "amqp:invalid-field";

  constructor(size: number, smallest: number) {
    super(`A max-frame-size of ${size} bytes was asked for. It has to be ${smallest} or more.`);
  }
}

/** A message came on a handle that no link of the session has. */
export class UnattachedHandleError extends ServiceBusError {
  override readonly name = "UnattachedHandleError";
  readonly condition = "amqp:session:unattached-handle";

  constructor(handle: number) {
    super(`A message came on the handle ${handle}, which no link of the session has. Attach a link first.`);
  }
}

/** A request has nobody who would take its reply. */
export class NoReplyLinkError extends ServiceBusError {
  override readonly name = "NoReplyLinkError";
  readonly condition = "amqp:not-allowed";

  constructor(address: string) {
    super(
      `No link of the session takes replies from '${address}'. Attach a receiver with this source before you make requests, and keep it for as long as you wait for replies.`,
    );
  }
}
