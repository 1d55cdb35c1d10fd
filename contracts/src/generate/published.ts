import type { DocumentKind } from "../document.ts";
import { documentKinds } from "../documents.ts";
import type { AnyContract } from "../envelope.ts";
import type { JsonSchema } from "./compatible.ts";
import { contracts, documentSchema, fileNameOf, messageSchema, readableDocument, readableMessage } from "./schemas.ts";

/** By what a message is filtered, and by what it is recognised as the same. */
export interface Identity {
  readonly subject: string;
  readonly id: string;
}

/** Something of which every version ever published is kept, as a sample and the schema it had. */
export interface Published {
  readonly name: string;
  /** Below `golden/`. */
  readonly folder: string;
  /** A sample of today's version. */
  readonly sample: object;
  /** Today's version as it is written. */
  readonly written: JsonSchema;
  /** What today's code reads; undefined for a former format, which an upgrade reads. */
  readable(schema: JsonSchema): JsonSchema | undefined;
  /** @throws {Error} when today's code refuses it. */
  parse(json: unknown): unknown;
  /** What today's code calls the same content: its subject and id; undefined for what has none. */
  identity(sample: unknown): Identity | undefined;
  /** Whether others keep to its schema: then what they have may not be broken either. */
  readonly hasSubscribers: boolean;
  /** What to do where a change would break something. */
  readonly advice: string;
}

/** The occasion of every sample: fixed, so that samples change only with the contract. */
const occasion = {
  source: "sample",
  time: new Date("2026-11-23T09:00:00.000Z"),
  cause: "0af7651916cd43dd8448eb211c80319c",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

export function publishedMessage(contract: AnyContract): Published {
  const { type, kind } = contract;
  return {
    name: type,
    folder: type,
    sample: contract.build(contract.example, occasion),
    written: messageSchema(contract),
    readable: () => readableMessage(contract),
    parse: (json) => contract.parse(json),
    identity(sample) {
      const { subject, id } = contract.build(contract.parse(sample).data, occasion);
      return { subject, id };
    },
    hasSubscribers: kind === "event",
    advice: `make the field optional, or give it a default; else define ${type.replace(/\d+$/, (version) => String(Number(version) + 1))} beside it and send both for a while`,
  };
}

/** Any kind, where the type of its value does not matter. */
// biome-ignore lint/suspicious/noExplicitAny: a value is both read and written through its kind, so it has no safe common type.
type AnyKind = DocumentKind<any>;

const statedFormat = ({ properties }: JsonSchema): unknown =>
  (properties as { readonly format?: { readonly const?: unknown } } | undefined)?.format?.const ?? 1;

export function publishedDocument(kind: AnyKind): Published {
  const { name, format, example, toJson, parse } = kind;
  return {
    name,
    folder: `documents/${fileNameOf(kind)}`,
    sample: toJson(example),
    written: documentSchema(kind),
    readable: (schema) => (statedFormat(schema) === format ? readableDocument(kind) : undefined),
    parse,
    identity: () => undefined,
    hasSubscribers: false,
    advice: `make the field optional, or give it a default; else let it be format ${format + 1}, with an upgrade from ${format}`,
  };
}

/** Every message and every document. */
export const published: readonly Published[] = [
  ...contracts.map(publishedMessage),
  ...documentKinds.map(publishedDocument),
];
