import { z } from "zod";
import { definitionSchema } from "../definition/definition.ts";
import type { DocumentKind } from "../document.ts";
import { type AnyContract, schemaBase } from "../envelope.ts";
import { commands, events } from "../messages.ts";
import type { JsonSchema } from "./compatible.ts";

interface Override {
  readonly jsonSchema: { format?: string; pattern?: string; additionalProperties?: unknown };
}

/** `format` says that a text is a date and time; zod's regular expression for it would only drown the reader. */
function withoutDatePattern({ jsonSchema }: Override): void {
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
}

/** As it is written: every field with a default is there. Open, as whoever reads it has to take fields of later versions. */
const asWritten = {
  target: "draft-2020-12",
  io: "output",
  override(context: Override) {
    withoutDatePattern(context);
    if (context.jsonSchema.additionalProperties === false) delete context.jsonSchema.additionalProperties;
  },
} as const;

/** As it is read: a field with a default may be missing. */
const asRead = { target: "draft-2020-12", io: "input", override: withoutDatePattern } as const;

/** Every contract, commands first. */
export const contracts: readonly AnyContract[] = [...commands.map(({ contract }) => contract), ...events];

/** A schema under its name, the names first. */
function named(name: string, description: string, schema: z.ZodType, options: typeof asWritten | typeof asRead) {
  const { $schema, ...rest } = z.toJSONSchema(schema, options);
  return { $schema, $id: `${schemaBase}/${name}.json`, title: name, description, ...rest };
}

/** The JSON Schema (2020-12) of a message as it is sent; what a subscriber may keep to. */
export const messageSchema = ({ type, description, message }: AnyContract): JsonSchema =>
  named(type, description, message, asWritten);

/** The JSON Schema of a message as today's code reads it. */
export const readableMessage = ({ message }: AnyContract): JsonSchema => z.toJSONSchema(message, asRead);

/** A document's name as part of a path: `champion-pointer`. */
export const fileNameOf = ({ name }: Pick<DocumentKind<unknown>, "name">): string => name.replaceAll(" ", "-");

/** The JSON Schema of a document as it is stored. */
export const documentSchema = (kind: Pick<DocumentKind<unknown>, "name" | "description" | "stored">): JsonSchema =>
  named(fileNameOf(kind), kind.description, kind.stored, asWritten);

/** The JSON Schema of a document as today's code reads it where no upgrade is needed. */
export const readableDocument = ({ readable }: Pick<DocumentKind<unknown>, "readable">): JsonSchema =>
  z.toJSONSchema(readable, asRead);

/** The JSON Schema of `ratchet.yaml`, for editors. */
export function definitionJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(definitionSchema, asRead);
  return { $schema, $id: `${schemaBase}/ratchet.yaml.json`, title: "ratchet.yaml", ...schema };
}
