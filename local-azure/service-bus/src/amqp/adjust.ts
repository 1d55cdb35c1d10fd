import { MalformedError } from "./malformed-error.ts";
import { adjustOutcomes } from "./outcome-runs.ts";
import {
  type AttachFields,
  type DispositionFields,
  type FlowFields,
  type Frame,
  type RheaConnection,
  type RheaDelivery,
  type RheaLink,
  type RheaSender,
  type RheaSession,
  type TransferFields,
  type Typed,
  types,
} from "./rhea.ts";

/**
 * Where `rhea`, which is made for clients first, is bent to a broker's needs. Each function says what it changes and
 * why.
 */

/** `rhea` decodes messages of format 0 and drops their bytes; any other format it hands over as it came. */
const rawFormat = 1;
const sourceField = 5;
const targetField = 6;
const transferStateField = 7;
const dispositionStateField = 4;
const coordinatorCode = 0x30;
const terminusDescriptors = new Set([
  "40",
  "41",
  "48",
  "amqp:source:list",
  "amqp:target:list",
  "amqp:coordinator:list",
]);

export interface SessionHandlers {
  /** How many bytes a delivery may have so far; beyond, its payload is thrown away and it is marked by `oversize`. */
  sizeLimit(link: RheaLink): number;
  oversize(link: RheaLink, size: number): void;
  /** The delivery state that a transfer carries, before its message is handed over. */
  transferState(link: RheaLink, state: Typed | undefined): void;
  disposition(delivery: RheaDelivery, state: Typed | undefined, settled: boolean): void;
  /** A message came on a handle that no link has. */
  unattached(session: RheaSession, handle: number): void;
  /** The peer takes more transfers on the session. */
  flow(session: RheaSession): void;
}

/** A peer has sent more than it was given credit for. */
class TransferLimitError extends Error {
  override readonly name = "TransferLimitError";
  readonly condition = "amqp:link:transfer-limit-exceeded";

  constructor(link: string) {
    super(`A message came on link '${link}', which has no credit left.`);
  }
}

const received = new WeakMap<RheaLink, number>();
const coordinators = new WeakSet<AttachFields>();

export function adjustSession(session: RheaSession, handlers: SessionHandlers): void {
  adjustTransfers(session, handlers);
  adjustDispositions(session, handlers);
  adjustOutcomes(session);
  adjustAttaches(session);
  adjustFlows(session, handlers);
}

/** Keeps the publisher's bytes, and keeps a peer from filling the memory with one endless delivery. */
function adjustTransfers(session: RheaSession, handlers: SessionHandlers): void {
  const original = session.on_transfer;
  session.on_transfer = (frame: Frame<TransferFields>) => {
    const { performative } = frame;
    const link = session.remote.handles[performative.handle];
    // What comes after the broker has ended the session is not looked at any more.
    if (!session.is_open()) return;
    if (!link) {
      handlers.unattached(session, performative.handle);
      return;
    }
    if (!link._incomplete) {
      if (link.credit <= 0) throw new TransferLimitError(link.name);
      received.set(link, 0);
      handlers.transferState(link, performative.value[transferStateField]);
      if (!performative.message_format) performative.message_format = rawFormat;
    }
    const size = (received.get(link) ?? 0) + (frame.payload?.length ?? 0);
    received.set(link, size);
    frame.payload ??= Buffer.alloc(0);
    if (size > handlers.sizeLimit(link)) {
      frame.payload = Buffer.alloc(0);
      handlers.oversize(link, size);
    }
    original.call(session, frame);
  };
}

/**
 * Reads the outcomes of deliveries as they came: `rhea` knows no transactional state, loops over whatever range a
 * peer names, and tells of outcomes only later, one by one.
 */
function adjustDispositions(session: RheaSession, handlers: SessionHandlers): void {
  const original = session.on_disposition;
  session.on_disposition = (frame: Frame<DispositionFields>) => {
    const { role, first, last, settled, value } = frame.performative;
    if (!role) {
      if ((last ?? first) - first > 0xffff)
        throw new MalformedError("A disposition names more deliveries than there are.");
      original.call(session, frame);
      return;
    }
    const { deliveries, next_delivery_id } = session.outgoing;
    const head = deliveries.get_head()?.id ?? next_delivery_id;
    const end = Math.min(last ?? first, next_delivery_id - 1);
    for (let id = Math.max(first, head); id <= end; id++) {
      const delivery = deliveries.by_id(id);
      if (delivery && !delivery.remote_settled) handlers.disposition(delivery, value[dispositionStateField], settled);
    }
    session.connection._register();
  };
}

/**
 * `rhea` tells of a link's flow, but not that the session's window has moved; what waits in it leaves in `nextTick`. And
 * a flow that names a link which has just been detached is one of the session alone.
 */
function adjustFlows(session: RheaSession, handlers: SessionHandlers): void {
  const original = session.on_flow;
  session.on_flow = (frame: Frame<FlowFields>) => {
    const { performative } = frame;
    if (isDefined(performative.handle) && !session.remote.handles[performative.handle]) performative.handle = undefined;
    original.call(session, frame);
    process.nextTick(() => handlers.flow(session));
  };
}

/**
 * Attaches links by their handles. `rhea` knows them by name alone, but a name may stand for one link in each direction
 * (Qpid Proton uses that); and it knows no transaction coordinator as a target, and would warn and forget it.
 */
function adjustAttaches(session: RheaSession): void {
  session.on_attach = (frame: Frame<AttachFields>) => {
    const { performative } = frame;
    const { name, role, handle, value } = performative;
    const target = value[targetField];
    requireTerminus(value[sourceField]);
    requireTerminus(target);
    if (session.remote.handles[handle]?.is_remote_open()) {
      throw new MalformedError(`The handle ${handle} is in use by another link of the session.`);
    }
    if (Number(target?.descriptor?.value) === coordinatorCode) {
      coordinators.add(performative);
      performative.target = types.described_nc(types.wrap_ulong(0x29), types.wrap_list([]));
    }
    const link = role ? session.create_sender(name) : session.create_receiver(name);
    delete session.links[name];
    session.links[link.local.handle] = link;
    session.remote.handles[handle] = link;
    link.remote.handle = handle;
    link.on_attach(frame);
    link.remote.attach = performative;
  };
  session.remove_link = (link) => {
    const handle = link.remote.handle;
    if (handle !== undefined && session.remote.handles[handle] === link) delete session.remote.handles[handle];
    delete session.local.handles[link.local.handle];
    delete session.links[link.local.handle];
  };
  const { on_detach } = session;
  session.on_detach = (frame) => {
    // Both sides may detach at once: then there is nothing left to do.
    if (session.remote.handles[frame.performative.handle]) on_detach.call(session, frame);
  };
}

function isDefined<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null;
}

function requireTerminus(terminus: Typed | undefined): void {
  const descriptor = terminus?.descriptor?.value;
  if (descriptor === undefined || terminusDescriptors.has(String(descriptor))) return;
  throw new MalformedError(`A link's source or target is described as ${descriptor}.`);
}

export function isCoordinator(link: RheaLink): boolean {
  return coordinators.has(link.remote.attach);
}

/** Answers a coordinator's attach with a coordinator, as part 4, section 4.5.1 asks. */
export function setCoordinatorTarget(link: RheaLink): void {
  const capabilities = types.wrap_array(["amqp:local-transactions", "amqp:multi-txns-per-ssn"], 0xa3);
  link.local.attach.target = types.described_nc(types.wrap_ulong(coordinatorCode), types.wrap_list([capabilities]));
}

/** `rhea` frees the slot of a delivery only when the peer settles too, which a "second" mode receiver never does. */
export function settleDelivery(delivery: RheaDelivery, state: Typed | undefined): void {
  delivery.update(true, state);
  delivery.remote_settled = true;
}

/** `rhea` loses the answer to a drain whose credit has just been used up, and the SDK then gives up the link. */
export function adjustDrain(link: RheaSender): void {
  link._get_drain = () => {
    if (!link._draining) return false;
    link.delivery_count += link.credit;
    link.credit = 0;
    link._draining = false;
    return true;
  };
}

export function answerDrain(link: RheaSender): void {
  link.issue_flow = true;
  link.connection._register();
}

/** `rhea` answers every attach at once; who waits for a session is answered when there is one, by `link.open()`. */
export function holdAttach(link: RheaLink): void {
  link.state.local_open = false;
  link.state.open_requests--;
}

/** Output is written in `process.nextTick`, where an error would end the process and not the connection. */
export function guardOutput(connection: RheaConnection, onError: (error: unknown) => void): void {
  const original = connection._process;
  connection._process = () => {
    try {
      original.call(connection);
    } catch (error) {
      onError(error);
    }
  };
}

/**
 * Stops the timers of a connection whose stream is gone. `rhea` does so at the stream's `end`, which a destroyed stream
 * never has, and starts them anew with whatever it still writes: they would keep the process alive for two minutes.
 */
export function stopTimers(connection: RheaConnection): void {
  connection.local.open.idle_time_out = undefined;
  for (const timer of ["heartbeat_in", "heartbeat_out", "abort_idle"] as const) {
    clearTimeout(connection[timer]);
    connection[timer] = undefined;
  }
}
