export {
  type ConnectedService,
  type Connections,
  connectService,
  type Occasion,
  type Stores,
} from "./connected-service.ts";
export {
  type DeadLetter,
  listDeadLetters,
  type ReplayOptions,
  type ReplayProgress,
  type ReplayResult,
  replayDeadLetters,
} from "./dead-letters.ts";
export { type OpenContainer, type OwnedContainer, type Speaker, UngrantedError } from "./granted.ts";
export { type FieldFault, refused } from "./http.ts";
export { type Log, logTo } from "./log.ts";
export { createOutbox, type Outbox, toMessage } from "./outbox.ts";
export { type Delivery, on, onAny, onEvent, type Route, routeFor } from "./routes.ts";
export { type Invocation, type Service, startService } from "./service.ts";
export { traceOf } from "./trace.ts";
export { isTransient, PermanentError, TransientError } from "./transient.ts";
export {
  type EventTransport,
  eventGridTransport,
  type MessageTransport,
  serviceBusTransport,
} from "./transport.ts";
