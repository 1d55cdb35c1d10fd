import { parse } from "yaml";
import { definitionSchema } from "../definition/definition.ts";
import type { DocumentKind } from "../document.ts";
import { appliedDefinition } from "../documents/applied-definition.ts";
import { documentKinds } from "../documents.ts";
import type { AnyContract } from "../envelope.ts";
import { messageIdOf } from "../identity.ts";
import type { JsonSchema } from "./compatible.ts";
import {
  contracts,
  definitionJsonSchema,
  documentSchema,
  fileNameOf,
  messageSchema,
  readableDocument,
  readableMessage,
} from "./schemas.ts";

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
  /** What to do where what was said or kept before would be refused. */
  readonly whenRefused: string;
  /** What to do where those who keep to a former schema would refuse today's version. */
  readonly whenSubscribersRefuse: string;
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
  const next = type.replace(/\d+$/, (version) => String(Number(version) + 1));
  const besides = `define ${next} beside it and send both for a while`;
  return {
    name: type,
    folder: type,
    sample: contract.build(contract.example, occasion),
    written: messageSchema(contract),
    readable: () => readableMessage(contract),
    parse: (json) => contract.parse(json),
    identity(sample) {
      const subject = contract.subject(contract.parse(sample).data);
      return { subject, id: messageIdOf(type, subject, occasion.cause) };
    },
    hasSubscribers: kind === "event",
    whenRefused: `make the field optional, or give it a default; else ${besides}`,
    whenSubscribersRefuse: `leave what they know as it was; else ${besides}`,
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
    whenRefused: `make the field optional, or give it a default; else let it be format ${format + 1}, with an upgrade from ${format}`,
    whenSubscribersRefuse: "",
  };
}

/** `ratchet.yaml`: what people wrote is stored as they wrote it, and read again at every use. */
const publishedDefinition: Published = {
  name: "ratchet.yaml",
  folder: "ratchet.yaml",
  sample: parse(appliedDefinition.example.source),
  written: definitionJsonSchema(),
  readable: definitionJsonSchema,
  parse: (json) => definitionSchema.parse(json),
  identity: () => undefined,
  hasSubscribers: false,
  whenRefused: "leave what was valid valid, and let what is new be optional",
  whenSubscribersRefuse: "",
};

/** Every message, every document, and the file that users write. */
export const published: readonly Published[] = [
  ...contracts.map(publishedMessage),
  ...documentKinds.map(publishedDocument),
  publishedDefinition,
];
