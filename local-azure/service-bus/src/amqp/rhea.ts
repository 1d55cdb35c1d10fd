import type { EventEmitter } from "node:events";
import rhea from "rhea";

/**
 * The parts of `rhea` 3.0.5 that the broker stands on, its typings widened by the internals that it has to touch. The
 * version is pinned: whoever raises it reads this file and `adjust.ts` again.
 */

/** A decoded AMQP value that still knows its type; the value of a described list is a list of these. */
export interface Typed {
  readonly type: { readonly name: string; readonly typecode: number };
  readonly value: unknown;
  readonly descriptor?: { readonly value: unknown };
}

export interface AmqpErrorFields {
  readonly condition: string;
  readonly description: string;
}

export interface RheaDelivery {
  readonly id: number;
  readonly tag: Buffer;
  readonly format: number;
  readonly link: RheaLink;
  settled: boolean;
  remote_settled: boolean;
  readonly state: Typed | undefined;
  update(settled: boolean, state?: Typed): void;
}

export interface AttachFields {
  readonly name: string;
  /** True for the peer that receives. */
  readonly role: boolean;
  readonly handle: number;
  snd_settle_mode: number;
  rcv_settle_mode: number;
  max_message_size: number;
  properties: Record<string, unknown> | undefined;
  source: unknown;
  target: unknown;
  readonly value: readonly (Typed | undefined)[];
}

interface Terminus {
  readonly address?: string;
  readonly filter?: Record<string, unknown>;
}

export interface RheaLink extends EventEmitter {
  readonly name: string;
  readonly session: RheaSession;
  readonly connection: RheaConnection;
  readonly local: { readonly handle: number; readonly attach: AttachFields };
  readonly remote: { handle: number | undefined; attach: AttachFields };
  readonly source: Terminus | undefined;
  readonly target: Terminus | undefined;
  readonly state: { local_open: boolean; open_requests: number };
  credit: number;
  delivery_count: number;
  issue_flow: boolean;
  set_source(fields: { address?: string; filter?: object }): void;
  set_target(fields: { address?: string }): void;
  open(): void;
  close(error?: AmqpErrorFields): void;
  on_attach(frame: Frame<AttachFields>): void;
  is_open(): boolean;
  is_remote_open(): boolean;
  is_receiver(): boolean;
}

export interface RheaReceiver extends RheaLink {
  add_credit(credit: number): void;
}

export interface RheaSender extends RheaLink {
  _draining: boolean;
  _get_drain(): boolean;
  send(message: Buffer | object, tag?: Buffer, format?: number): RheaDelivery;
}

export interface Frame<Performative> {
  readonly channel: number;
  readonly performative: Performative;
  payload?: Buffer;
}

export interface TransferFields {
  readonly handle: number;
  message_format: number | null | undefined;
  readonly more: boolean;
  /** The performative's fields in the order of the specification. */
  readonly value: readonly (Typed | undefined)[];
}

export interface FlowFields {
  /** Absent in a flow of the session alone. */
  handle: number | null | undefined;
}

export interface DispositionFields {
  readonly role: boolean;
  readonly first: number;
  readonly last: number | null | undefined;
  readonly settled: boolean;
  readonly value: readonly (Typed | undefined)[];
}

export interface RheaSession extends EventEmitter {
  readonly connection: RheaConnection;
  readonly incoming: {
    /** Settled here and not yet told. */
    updated: RheaDelivery[];
    process(session: RheaSession): void;
  };
  readonly outgoing: {
    /** Settled here and not yet told. */
    pending_dispositions: RheaDelivery[];
    process(): void;
    readonly next_delivery_id: number;
    readonly deliveries: {
      available(): number;
      get_head(): RheaDelivery | undefined;
      by_id(id: number): RheaDelivery | undefined;
    };
  };
  on_transfer(frame: Frame<TransferFields>): void;
  on_disposition(frame: Frame<DispositionFields>): void;
  on_flow(frame: Frame<FlowFields>): void;
  on_attach(frame: Frame<AttachFields>): void;
  on_detach(frame: Frame<{ readonly handle: number }>): void;
  create_sender(name: string): RheaLink;
  create_receiver(name: string): RheaLink;
  remove_link(link: RheaLink): void;
  readonly links: Record<string | number, RheaLink>;
  readonly local: { readonly handles: Record<number, RheaLink> };
  readonly remote: { readonly handles: Record<number, RheaLink & { readonly _incomplete?: object }> };
  is_open(): boolean;
  close(error?: AmqpErrorFields): void;
}

export interface RheaConnection extends EventEmitter {
  readonly options: { readonly id: string };
  readonly sasl_transport: { readonly selected?: { readonly username?: string } } | undefined;
  readonly hostname: string | undefined;
  readonly local: { readonly open: { idle_time_out: number | undefined } };
  heartbeat_in: NodeJS.Timeout | undefined;
  heartbeat_out: NodeJS.Timeout | undefined;
  abort_idle: NodeJS.Timeout | undefined;
  /** What the peer says of itself. */
  readonly properties: Readonly<Record<string, unknown>> | null | undefined;
  /** The peer's; absent where it takes frames of any size. */
  readonly max_frame_size: number | null | undefined;
  readonly remote_channel_map: Readonly<Record<number, RheaSession>>;
  is_open(): boolean;
  close(error?: AmqpErrorFields): void;
  /** The peer has been silent for too long. */
  idle(): void;
  on_begin(frame: Frame<unknown>): void;
  on_end(frame: Frame<unknown>): void;
  on_attach(frame: Frame<unknown>): void;
  on_detach(frame: Frame<unknown>): void;
  on_transfer(frame: Frame<unknown>): void;
  on_disposition(frame: Frame<unknown>): void;
  on_flow(frame: Frame<unknown>): void;
  accept(socket: object): void;
  _register(): void;
  _process(): void;
  _write_frame(channel?: number, frame?: object, payload?: Buffer): void;
}

/** What `rhea` tells its listeners. */
export interface RheaEvent {
  readonly connection: RheaConnection;
  readonly session: RheaSession;
  readonly sender: RheaSender;
  readonly receiver: RheaReceiver;
  readonly delivery: RheaDelivery;
  /** Always the bytes that came: see `adjust.ts`. */
  readonly message: Buffer;
  readonly error?: Error;
}

export interface RheaContainer extends EventEmitter {
  readonly sasl_server_mechanisms: Record<string, unknown> & {
    enable_anonymous(): void;
    enable_plain(check: (user: string, password: string) => boolean): void;
  };
  create_connection(options: object): RheaConnection;
}

export function createContainer(options: object): RheaContainer {
  return rhea.create_container(options) as unknown as RheaContainer;
}

type Wrap = (value: unknown) => Typed;

/** `rhea`'s constructors of typed values. */
export const types = rhea.types as unknown as Readonly<
  Record<
    | "wrap_ulong"
    | "wrap_uint"
    | "wrap_long"
    | "wrap_int"
    | "wrap_string"
    | "wrap_symbol"
    | "wrap_binary"
    | "wrap_timestamp"
    | "wrap_uuid"
    | "wrap_boolean"
    | "wrap_list"
    | "wrap_map"
    | "wrap_symbolic_map",
    Wrap
  >
> & {
  wrap_array(values: readonly unknown[], typecode: number): Typed;
  described_nc(descriptor: Typed, value: Typed): Typed;
  unwrap(value: Typed): unknown;
  Writer: new () => { write(value: Typed): void; toBuffer(): Buffer };
};

const message = rhea.message as unknown as {
  accepted(): { described(): Typed };
  rejected(fields: { error: AmqpErrorFields }): { described(): Typed };
};

export const accepted: Typed = message.accepted().described();

export function rejected(error: AmqpErrorFields): Typed {
  return message.rejected({ error }).described();
}

export function encodeTyped(value: Typed): Buffer {
  const writer = new types.Writer();
  writer.write(value);
  return Buffer.from(writer.toBuffer());
}
