export type { FailedAttempt } from "./attempts.ts";
export {
  type ConnectedService,
  type Connections,
  connectService,
  type Occasion,
  type Stores,
} from "./connected-service.ts";
export type { DeadLetter } from "./dead-letter.ts";
export { type OpenContainer, UngrantedError } from "./granted.ts";
export { type RequestFault, refused } from "./http.ts";
export { listDeadLetters } from "./list-dead-letters.ts";
export { aboutOf, type Log, logTo } from "./log.ts";
export { type Failure, failureMarks, type Properties } from "./marks.ts";
export { createOutbox, type Outbox, toMessage } from "./outbox.ts";
export { receiveMessage } from "./receive.ts";
export { copyForReplay, type ReplayResult, replayDeadLetters } from "./replay-dead-letters.ts";
export { type Delivery, on, onEvent, onEvery, type Route } from "./routes.ts";
export { type Functions, type Invocation, startService } from "./service.ts";
export { type Sweep, SweepError, sayStuck, sweepOncePerPeriod } from "./sweep.ts";
export { takeDeadLetters } from "./take-dead-letters.ts";
export { traceOf } from "./trace.ts";
export { isTransient, PermanentError, TransientError } from "./transient.ts";
export { eventGridTransport, type OutgoingMessage, serviceBusTransport } from "./transport.ts";
