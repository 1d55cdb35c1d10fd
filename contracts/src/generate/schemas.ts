import { z } from "zod";
import { definitionSchema } from "../definition/definition.ts";
import { verdict } from "../documents/verdict.ts";
import { type AnyContract, envelope, schemaBase } from "../envelope.ts";
import { commands, events } from "../messages.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** `format` says that a text is a date and time; zod's regular expression for it would only drown the reader. */
const options = {
  target: "draft-2020-12",
  override: ({ jsonSchema }: { readonly jsonSchema: { format?: string; pattern?: string } }) => {
    if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
  },
} as const;

/** Every contract, commands first. */
export const contracts: readonly AnyContract[] = [...commands.map(({ contract }) => contract), ...events];

/** The JSON Schema (2020-12) of a message as producers send it: closed, so that a misspelt field is caught. */
export function messageSchema(contract: AnyContract): JsonSchema {
  const message = envelope.extend({ type: z.literal(contract.type), data: contract.data });
  const { $schema, ...schema } = z.toJSONSchema(message, options);
  return {
    $schema,
    $id: `${schemaBase}/${contract.type}.json`,
    title: contract.type,
    description: contract.description,
    ...schema,
  };
}

/** The JSON Schema of `ratchet.yaml`, for editors. */
export function definitionJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(definitionSchema, { ...options, io: "input" });
  return { $schema, $id: `${schemaBase}/ratchet.yaml.json`, title: "ratchet.yaml", ...schema };
}

/** The JSON Schema of a verdict. */
export function verdictJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(verdict, options);
  return { $schema, $id: `${schemaBase}/verdict.json`, title: "verdict", ...schema };
}
