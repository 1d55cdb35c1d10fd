import { randomBytes } from "node:crypto";
import { Cursor } from "../amqp/read.ts";
import { accepted, encodeTyped, type Typed, types } from "../amqp/rhea.ts";
import { ServiceBusError } from "../errors.ts";

const transactionalStateCode = 0x34;

/** No transaction of this id is open on this connection. */
export class UnknownTransactionError extends ServiceBusError {
  override readonly name = "UnknownTransactionError";
  readonly condition = "amqp:transaction:unknown-id";

  constructor(id: string) {
    super(`The transaction '${id}' is not open on this connection. Declare it first.`);
  }
}

/** The work of one transaction: what must hold, and what is then done. */
interface Work {
  /** Throws when the work could not be done; called for all work of a transaction before any is done. */
  check?(): void;
  run(): void;
}

/** The transactions that one connection has declared. Their work is kept back until they are discharged. */
export class Transactions {
  readonly #open = new Map<string, Work[]>();

  declare(): Buffer {
    const id = randomBytes(16);
    this.#open.set(id.toString("hex"), []);
    return id;
  }

  enlist(id: Buffer, run: () => void, check?: () => void): void {
    this.#find(id).push(check ? { run, check } : { run });
  }

  /** Does all the work of a transaction, or none where some of it cannot be done any more. */
  commit(id: Buffer): void {
    const work = this.#find(id);
    this.#open.delete(id.toString("hex"));
    for (const { check } of work) check?.();
    for (const { run } of work) run();
  }

  rollBack(id: Buffer): void {
    this.#find(id);
    this.#open.delete(id.toString("hex"));
  }

  /** The state that says: taken into the transaction. */
  accepted(id: Buffer): Typed {
    this.#find(id);
    const fields = [types.wrap_binary(id), accepted];
    return types.described_nc(types.wrap_ulong(transactionalStateCode), types.wrap_list(fields));
  }

  #find(id: Buffer): Work[] {
    const work = this.#open.get(id.toString("hex"));
    if (!work) throw new UnknownTransactionError(id.toString("hex"));
    return work;
  }
}

/** The transaction that a delivery's state belongs to, if any. */
export function transactionOf(state: Typed | undefined): Buffer | undefined {
  if (!isTransactional(state)) return undefined;
  const [id] = state.value;
  const bytes = id && new Cursor(encodeTyped(id)).read();
  return Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0);
}

/** The outcome inside a transactional state, or the state itself. */
export function outcomeWithin(state: Typed | undefined): Typed | undefined {
  return isTransactional(state) ? state.value[1] : state;
}

type TransactionalState = Typed & { readonly value: readonly (Typed | undefined)[] };

function isTransactional(state: Typed | undefined): state is TransactionalState {
  return Number(state?.descriptor?.value) === transactionalStateCode && Array.isArray(state?.value);
}
