import { setCoordinatorTarget, settleDelivery } from "../amqp/adjust.ts";
import { MalformedError } from "../amqp/malformed-error.ts";
import { Cursor } from "../amqp/read.ts";
import { accepted, type RheaReceiver, rejected, type Typed, types } from "../amqp/rhea.ts";
import { sectionCode, sectionsOf } from "../amqp/sections.ts";
import type { Broker } from "./broker.ts";
import { amqpError, type LinkHandler } from "./link-handler.ts";
import { type Transactions, UnknownTransactionError } from "./transactions.ts";

const declareCode = 0x31;
const dischargeCode = 0x32;
const declaredCode = 0x33;
const credit = 1000;

/** The link on which a client declares and discharges transactions; AMQP 1.0 part 4. */
export function openCoordinator(broker: Broker, link: RheaReceiver, transactions: Transactions): LinkHandler {
  setCoordinatorTarget(link);
  link.add_credit(credit);
  return {
    sizeLimit: 1024,
    onMessage(bytes, delivery) {
      link.add_credit(1);
      let state: Typed;
      try {
        state = obey(readCommand(bytes), transactions);
      } catch (error) {
        settleDelivery(delivery, rejected(rollbackError(error)));
        return;
      }
      broker.journal.afterCommit(() => settleDelivery(delivery, state));
    },
    onGone: () => {},
  };
}

interface Command {
  readonly discharge: Buffer | undefined;
  readonly fail: boolean;
}

function obey({ discharge, fail }: Command, transactions: Transactions): Typed {
  if (!discharge) {
    return types.described_nc(
      types.wrap_ulong(declaredCode),
      types.wrap_list([types.wrap_binary(transactions.declare())]),
    );
  }
  if (fail) transactions.rollBack(discharge);
  else transactions.commit(discharge);
  return accepted;
}

function readCommand(bytes: Buffer): Command {
  const body = sectionsOf(bytes).find(({ descriptor }) => descriptor === sectionCode.value);
  if (!body) throw new MalformedError("A coordinator takes a declare or a discharge, and this message has neither.");
  const cursor = new Cursor(bytes, body.value);
  const kind = cursor.readDescriptor();
  if (kind === declareCode) return { discharge: undefined, fail: false };
  if (kind !== dischargeCode || cursor.readCount() < 1)
    throw new MalformedError("A coordinator takes declare or discharge.");
  const id = cursor.read();
  if (!Buffer.isBuffer(id)) throw new MalformedError("A discharge names its transaction by binary.");
  const fail = cursor.offset < body.end ? cursor.read() : false;
  return { discharge: Buffer.from(id), fail: fail === true };
}

function rollbackError(error: unknown) {
  const told = amqpError(error);
  if (error instanceof UnknownTransactionError) return told;
  return { condition: "amqp:transaction:rollback", description: told.description };
}
