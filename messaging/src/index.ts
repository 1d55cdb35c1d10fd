export {
  type DeadLetter,
  listDeadLetters,
  type ReplayOptions,
  type ReplayProgress,
  type ReplayResult,
  replayDeadLetters,
} from "./dead-letters.ts";
export type { Log } from "./log.ts";
export { type Failure, failureOf } from "./marks.ts";
export { type Cause, createOutbox, type Outbox, queueOf, toMessage } from "./outbox.ts";
export { FailedMessageError } from "./receive.ts";
export { defaultRetryPolicy, type RetryPolicy } from "./retry.ts";
export { type Delivery, on, onAny, onEvent, type Route } from "./routes.ts";
export { type Service, type ServiceOverrides, startService } from "./service.ts";
export { childOf, traceOf } from "./trace.ts";
export { isTransient, PermanentError, TransientError } from "./transient.ts";
export {
  type EventTransport,
  eventGridTransport,
  type MessageTransport,
  type OutgoingMessage,
  serviceBusTransport,
} from "./transport.ts";
