/** What can go wrong with a request, each with the AMQP condition that a client is told. */
export abstract class ServiceBusError extends Error {
  abstract override readonly name: string;
  abstract readonly condition: string;
}

/** The SDKs know this case by the words of its message alone. */
export class EntityNotFoundError extends ServiceBusError {
  override readonly name: string = "EntityNotFoundError";
  readonly condition = "amqp:not-found";

  constructor(entity: string) {
    super(`The messaging entity '${entity}' could not be found. Create it, or mend the name.`);
  }
}

export class EntityExistsError extends ServiceBusError {
  override readonly name = "EntityExistsError";
  readonly condition = "com.microsoft:entity-already-exists";

  constructor(entity: string) {
    super(`The messaging entity '${entity}' already exists. Update it, or choose another name.`);
  }
}

/** A description that the service would not take: a bad name, duration or combination. */
export class InvalidEntityError extends ServiceBusError {
  override readonly name: string = "InvalidEntityError";
  readonly condition = "amqp:invalid-field";
}

export class UnauthorizedError extends ServiceBusError {
  override readonly name = "UnauthorizedError";
  readonly condition = "amqp:unauthorized-access";
}

export class LockLostError extends ServiceBusError {
  override readonly name = "LockLostError";
  readonly condition = "com.microsoft:message-lock-lost";

  constructor() {
    super(
      "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue. Renew locks in time, or lengthen the lock duration.",
    );
  }
}

export class SessionLockLostError extends ServiceBusError {
  override readonly name = "SessionLockLostError";
  readonly condition = "com.microsoft:session-lock-lost";

  constructor(sessionId: string) {
    super(`The lock on session '${sessionId}' has been lost. Accept the session again; renew its lock in time.`);
  }
}

export class SessionCannotBeLockedError extends ServiceBusError {
  override readonly name = "SessionCannotBeLockedError";
  readonly condition = "com.microsoft:session-cannot-be-locked";

  constructor(sessionId: string) {
    super(`The requested session '${sessionId}' cannot be accepted. It is locked by another receiver.`);
  }
}

export class MessageNotFoundError extends ServiceBusError {
  override readonly name = "MessageNotFoundError";
  readonly condition = "com.microsoft:message-not-found";

  constructor(sequenceNumber: number) {
    super(`No message with sequence number ${sequenceNumber} is there in the state that this operation needs.`);
  }
}

export class NotAllowedError extends ServiceBusError {
  override readonly name = "NotAllowedError";
  readonly condition = "amqp:not-allowed";
}

export class QuotaExceededError extends ServiceBusError {
  override readonly name = "QuotaExceededError";
  readonly condition = "amqp:resource-limit-exceeded";
}

export class MessageTooLargeError extends ServiceBusError {
  override readonly name = "MessageTooLargeError";
  readonly condition = "amqp:link:message-size-exceeded";

  constructor(size: number, limit: number) {
    super(`The message of ${size} bytes exceeds the ${limit} bytes that the entity takes. Send a smaller one.`);
  }
}

export class EntityDisabledError extends ServiceBusError {
  override readonly name = "EntityDisabledError";
  readonly condition = "com.microsoft:entity-disabled";

  constructor(entity: string, status: string) {
    super(`The messaging entity '${entity}' is ${status}. Set its status to Active.`);
  }
}

export class InvalidRequestError extends ServiceBusError {
  override readonly name = "InvalidRequestError";
  readonly condition = "amqp:invalid-field";
}

export class NotImplementedError extends ServiceBusError {
  override readonly name = "NotImplementedError";
  readonly condition = "amqp:not-implemented";
}

export class TimedOutError extends ServiceBusError {
  override readonly name = "TimedOutError";
  readonly condition = "com.microsoft:timeout";
}
