import type { AmqpErrorFields, RheaDelivery, RheaLink, Typed } from "../amqp/rhea.ts";
import { ServiceBusError } from "../errors.ts";

/** What stands behind a link. Each kind of link implements what can happen to it. */
export interface LinkHandler {
  /** Bytes that one message may have. */
  readonly sizeLimit: number;
  onMessage?(bytes: Buffer, delivery: RheaDelivery, oversize: number | undefined, state: Typed | undefined): void;
  onDisposition?(delivery: RheaDelivery, state: Typed | undefined, settled: boolean): void;
  onFlow?(): void;
  /** The window of the link's session has moved. */
  onRoom?(): void;
  /** The broker is about to end the connection, and why: the last moment to tell somebody who waits on the link. */
  onEnding?(error: unknown): void;
  /** The link, its session or its connection has ended. */
  onGone(): void;
  /**
   * Called now and then.
   * @throws {UnauthorizedError} when the connection's tokens no longer allow what the link does.
   */
  requireAccess?(): void;
}

/** An error as it is told to a client. */
export function amqpError(error: unknown): AmqpErrorFields {
  if (error instanceof ServiceBusError) return { condition: error.condition, description: error.message };
  if (error instanceof Error && "condition" in error) {
    return { condition: String(error.condition), description: error.message };
  }
  return { condition: "amqp:internal-error", description: error instanceof Error ? error.message : String(error) };
}

/** Refuses a link: it is attached, as the protocol asks, and detached at once with the reason. */
export function refuse(link: RheaLink, error: unknown): void {
  link.open();
  link.close(amqpError(error));
}
