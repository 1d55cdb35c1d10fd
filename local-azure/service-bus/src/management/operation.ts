import type { Dispatcher } from "../namespace/dispatcher.ts";
import type { LiveEntity } from "../namespace/live-entities.ts";
import type { Namespace } from "../namespace.ts";
import type { QueueState } from "../queue/state.ts";
import type { RequestBody } from "./request-body.ts";

/** What a management operation works on. */
export interface OperationContext {
  readonly namespace: Namespace;
  readonly entity: LiveEntity;
  /** The part that the request's address names; a topic's inbox for a topic. */
  readonly queue: QueueState;
  readonly dispatcher: Dispatcher | undefined;
  readonly body: RequestBody;
  readonly now: number;
}

interface OperationReply {
  readonly status: 200 | 204;
  readonly body?: object;
}

/** @throws {ServiceBusError} when it cannot be done; the error becomes the reply's status and condition. */
export type Operation = (context: OperationContext) => OperationReply | Promise<OperationReply>;

export const done: OperationReply = { status: 200 };
