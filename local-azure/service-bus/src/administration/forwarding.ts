import { EntityNotFoundError, InvalidEntityError } from "../errors.ts";
import type { Namespace } from "../namespace.ts";

interface Forwarding {
  readonly forwardTo?: string;
  readonly forwardDeadLetteredMessagesTo?: string;
}

/** The destination of forwarding that is not there; the service answers it unlike other missing entities. */
export class ForwardingDestinationError extends EntityNotFoundError {
  override readonly name = "ForwardingDestinationError";
}

/**
 * What an entity forwards to has to be there first, and be another.
 * @throws {InvalidEntityError} when it would forward to itself.
 * @throws {ForwardingDestinationError} when there is no such queue or topic.
 */
export const requireDestinations = (namespace: Namespace, path: string, forwarding: Forwarding): void => {
  for (const destination of [forwarding.forwardTo, forwarding.forwardDeadLetteredMessagesTo]) {
    if (destination === undefined) continue;
    if (destination.toLowerCase() === path.toLowerCase()) {
      throw new InvalidEntityError(`'${path}' cannot forward to itself. Name another queue or topic.`);
    }
    if (!namespace.findQueue(destination) && !namespace.findTopic(destination)) {
      throw new ForwardingDestinationError(destination);
    }
  }
};
