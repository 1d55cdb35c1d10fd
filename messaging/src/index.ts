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
  type ReplayResult,
  replayDeadLetters,
} from "./dead-letters.ts";
export { type OpenContainer, UngrantedError } from "./granted.ts";
export { type RequestFault, refused } from "./http.ts";
export { type Log, logTo } from "./log.ts";
export { createOutbox, type Outbox } from "./outbox.ts";
export { receiveMessage } from "./receive.ts";
export { type Delivery, on, onEvent, onEvery, type Route } from "./routes.ts";
export { type Functions, type Invocation, startService } from "./service.ts";
export { type Sweep, SweepError, sayStuck, sweepOncePerPeriod } from "./sweep.ts";
export { traceOf } from "./trace.ts";
export { isTransient, PermanentError, TransientError } from "./transient.ts";
export { eventGridTransport, serviceBusTransport } from "./transport.ts";
