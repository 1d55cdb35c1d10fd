import { type ContainerName, containers, type QueueName, queues, type ServiceName } from "@ratchet/contracts";
import { PermanentError } from "./transient.ts";

type Containers = typeof containers;
type Queues = typeof queues;

/** The containers that a service writes, by the topology. */
export type OwnedContainer<Name extends ServiceName> = {
  [Container in ContainerName]: Name extends Containers[Container]["owners"][number] ? Container : never;
}[ContainerName];

/** The containers that a service may read, its own among them, by the topology. */
export type OpenContainer<Name extends ServiceName> =
  | OwnedContainer<Name>
  | {
      [Container in ContainerName]: Name extends Containers[Container]["readers"][number] ? Container : never;
    }[ContainerName];

/** The queues that a service receives from, by the topology. */
export type OwnQueue<Name extends ServiceName> = {
  [Queue in QueueName]: Name extends Queues[Queue]["receiver"] ? Queue : never;
}[QueueName];

/** Who speaks: a service, or an operator at the command line or the console. */
export type Speaker = ServiceName | "operator";

/**
 * Something is used that the topology does not grant. On Azure the role would be missing; here it is said at once, and
 * where to grant it.
 */
export class UngrantedError extends PermanentError {
  override readonly name = "UngrantedError";

  constructor(who: Speaker, what: string, grant: string) {
    super(`${who} may not ${what}; ${grant}`);
  }
}

const includes = (list: readonly string[], name: string): boolean => list.includes(name);

/** @throws {UngrantedError} when the service is neither owner nor reader of the container. */
export function mustOpen(service: ServiceName, container: ContainerName): void {
  // The name may come from a message: then it can be any.
  const granted = Object.hasOwn(containers, container) ? containers[container] : { owners: [], readers: [] };
  if (!includes(granted.owners, service) && !includes(granted.readers, service))
    throw new UngrantedError(service, `open the container ${container}`, "the topology names its owners and readers");
}

/** @throws {UngrantedError} when the speaker is no sender of the queue. */
export function mustSend(speaker: Speaker, queue: QueueName): void {
  if (!includes(queues[queue].senders, speaker))
    throw new UngrantedError(speaker, `send to the queue ${queue}`, "the topology names its senders");
}

/** @throws {UngrantedError} when another service receives from the queue. */
export function mustReceive(service: ServiceName, queue: QueueName): void {
  if (queues[queue].receiver !== service)
    throw new UngrantedError(service, `receive from the queue ${queue}`, "the topology names its receiver");
}
