import { z } from "zod";
import { messageIdOf } from "./identity.ts";
import type { ServiceName } from "./topology.ts";

/** Base of the `dataschema` URIs. The schemas themselves are in `contracts/generated/schemas`. */
export const schemaBase = "https://ratchet.dev/schemas";

/** W3C Trace Context, version 00. */
const traceparentPattern = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const attributes = {
  specversion: z.literal("1.0"),
  id: z.string().min(1).max(128),
  source: z.string().min(1),
  type: z.string().min(1),
  subject: z.string().min(1),
  time: z.iso.datetime({ offset: true }),
  datacontenttype: z.string().optional(),
  dataschema: z.string().optional(),
  /** W3C trace context: one trace runs from the dropped blob to the swapped slot. */
  traceparent: z.string().regex(traceparentPattern).optional(),
  /** The id of the message that this one follows from. */
  causationid: z.string().optional(),
} as const;

/** CloudEvents 1.0, the one envelope of commands and events. Unknown attributes are let through. */
const envelope = z.looseObject({ ...attributes, data: z.unknown() });
export interface Envelope<Data = unknown> {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** ISO 8601. */
  readonly time: string;
  readonly datacontenttype?: string | undefined;
  readonly dataschema?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly causationid?: string | undefined;
  readonly data: Data;
}

/** An envelope as it is kept: as it came, its data unread. */
export const keptEnvelope = {
  parse: parseEnvelope,
  toJson: (envelope: Envelope): object => envelope,
} as const;

/** What a message does not say itself: who says it, when, and because of what. */
export interface Origin {
  /** The service that speaks, e.g. `evaluator`. */
  readonly source: string;
  readonly time: Date;
  /** The id of the message that caused this one: part of its identity. */
  readonly cause: string;
  readonly traceparent?: string;
}

/** A message is not what its type promises. Reading it again cannot help. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

const describe = (error: z.ZodError) =>
  error.issues
    .map((issue) => `${issue.path.length > 0 ? issue.path.join(".") : "message"}: ${issue.message}`)
    .join("; ");

export interface Contract<Type extends string, Data> {
  readonly type: Type;
  /** A command goes to the one service that obeys it; an event states what has happened. */
  readonly kind: "command" | "event";
  /** The services that state an event; undefined for a command, whose senders its queue names. */
  readonly statedBy: readonly ServiceName[] | undefined;
  readonly description: string;
  /** The schema of `data` as consumers read it: unknown fields are ignored. */
  readonly data: z.ZodType<Data>;
  /** The schema of the whole message as consumers read it. */
  readonly message: z.ZodObject;
  readonly example: Data;
  /** What the message is about, e.g. `models/digits`. */
  subject(data: Data): string;
  /**
   * A message of this type. Its id follows from type, subject and cause, so that the same thing said twice is one message.
   * @throws {ContractError} when the data does not keep the contract.
   */
  build(data: Data, origin: Origin): Envelope<Data> & { readonly type: Type };
  /** Whether a message is of this type and keeps its contract. */
  is(message: unknown): message is Envelope<Data> & { readonly type: Type };
  /**
   * A received message as this type.
   * @throws {ContractError} naming the field that breaks the contract.
   */
  parse(message: unknown): Envelope<Data> & { readonly type: Type };
}

/** Any contract, where the type of its data does not matter. */
// biome-ignore lint/suspicious/noExplicitAny: data is both read and written through a contract, so it has no safe common type.
export type AnyContract = Contract<string, any>;

/**
 * Defines a message: its type, the schema of its data and what it is about.
 * Producers are held to the closed schema; consumers read tolerantly.
 */
export function defineContract<Type extends string, Shape extends z.ZodRawShape>(definition: {
  readonly type: Type;
  readonly kind: "command" | "event";
  readonly statedBy?: readonly ServiceName[];
  readonly description: string;
  readonly data: z.ZodObject<Shape>;
  readonly subject: (data: z.infer<z.ZodObject<Shape>>) => string;
  readonly example: z.infer<z.ZodObject<Shape>>;
}): Contract<Type, z.infer<z.ZodObject<Shape>>> {
  type Data = z.infer<z.ZodObject<Shape>>;
  const { type, kind, statedBy, description, data, subject, example } = definition;
  const closed = data.strict();
  const typed = envelope.extend({ type: z.literal(type), data });
  return {
    type,
    kind,
    statedBy,
    description,
    data: data as z.ZodType<Data>,
    message: typed,
    example,
    subject,
    build(value, { source, time, cause, traceparent }) {
      const checked = closed.safeParse(value);
      if (!checked.success) throw new ContractError(`cannot build ${type}: ${describe(checked.error)}`);
      const about = subject(checked.data as Data);
      return {
        specversion: "1.0",
        id: messageIdOf(type, about, cause),
        source: `/ratchet/${source}`,
        type,
        subject: about,
        time: time.toISOString(),
        datacontenttype: "application/json",
        dataschema: `${schemaBase}/${type}.json`,
        ...(traceparent === undefined ? {} : { traceparent }),
        causationid: cause,
        data: checked.data as Data,
      };
    },
    is: (message): message is Envelope<Data> & { readonly type: Type } => typed.safeParse(message).success,
    parse(message) {
      const read = typed.safeParse(message);
      if (!read.success) throw new ContractError(`not a ${type}: ${describe(read.error)}`);
      return read.data as Envelope<Data> & { readonly type: Type };
    },
  };
}

/**
 * The envelope of a message, before its type is known.
 * @throws {ContractError} when it is not a CloudEvent.
 */
export function parseEnvelope(message: unknown): Envelope {
  const read = envelope.safeParse(message);
  if (!read.success) throw new ContractError(`not a CloudEvent: ${describe(read.error)}`);
  return read.data;
}
