/** What can go wrong with a request, each with the AMQP condition that a client is told. */
export abstract class ServiceBusError extends Error {
  abstract readonly condition: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The SDKs know this case by the words of its message alone. */
export class EntityNotFoundError extends ServiceBusError {
  readonly condition = "amqp:not-found";

  constructor(entity: string) {
    super(`The messaging entity '${entity}' could not be found. Create it, or mend the name.`);
  }
}

export class EntityExistsError extends ServiceBusError {
  readonly condition = "com.microsoft:entity-already-exists";

  constructor(entity: string) {
    super(`The messaging entity '${entity}' already exists. Update it, or choose another name.`);
  }
}

/** A description that the service would not take: a bad name, duration or combination. */
export class InvalidEntityError extends ServiceBusError {
  readonly condition = "amqp:invalid-field";
}

export class UnauthorizedError extends ServiceBusError {
  readonly condition = "amqp:unauthorized-access";
}
