import { type Contract, ContractError, type Envelope } from "@ratchet/contracts";
import type { Log } from "./log.ts";
import type { Outbox } from "./outbox.ts";

/** What a handler gets beside its message. */
export interface Delivery {
  /** The time to decide by. */
  readonly now: Date;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  readonly log: Log;
  /** Speaks because of this message, in its trace. */
  readonly outbox: Outbox;
}

/** A type of message and what is done with it. */
export interface Route {
  readonly types: readonly string[] | "every";
  readonly handle: (message: Envelope, delivery: Delivery) => Promise<void>;
}

/** A message of a contract. What breaks the contract is not handled but fails. */
export const on = <T extends string, D>(
  contract: Contract<T, D>,
  handle: (message: Envelope<D> & { readonly type: T }, delivery: Delivery) => Promise<void>,
): Route => ({
  types: [contract.type],
  handle: (message, delivery) => handle(contract.parse(message), delivery),
});

/** Every message as it is, of types too that this service has never heard of. */
export const onEvery = (handle: (message: Envelope, delivery: Delivery) => Promise<void>): Route => ({
  types: "every",
  handle,
});

/** Events of Azure itself, e.g. `Microsoft.Storage.BlobCreated`; their data is the handler's to read. */
export const onEvent = (
  types: readonly string[],
  handle: (event: Envelope, delivery: Delivery) => Promise<void>,
): Route => ({ types, handle });

/** @throws {ContractError} when no route takes messages of this type. */
export function routeFor(routes: readonly Route[], message: Envelope): Route {
  const route = routes.find(({ types }) => types === "every" || types.includes(message.type));
  if (route) return route;
  const known = routes.flatMap(({ types }) => types).join(", ");
  throw new ContractError(`messages of type ${message.type} are not for this queue; it takes ${known}`);
}
