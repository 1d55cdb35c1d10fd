import { z } from "zod";

/** A stored document is not what its owner writes. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
}

/** A stored document is of a format that this version does not know yet. */
export class NewerFormatError extends DocumentError {
  constructor(kind: string, format: unknown, known: number) {
    super(`a ${kind} of format ${String(format)}, and this version reads up to ${known}; update this service`);
  }
}

/** A kind of JSON document that a service keeps. */
export interface DocumentKind<Value> {
  /** e.g. `champion pointer` */
  readonly name: string;
  readonly description: string;
  /** The format that is written, from 1. All before it are read. */
  readonly format: number;
  readonly example: Value;
  /** The document as it is stored in the present format, as a schema. */
  readonly stored: z.ZodObject;
  /** What is read without an upgrade: the present format, said or not. Unknown fields are ignored. */
  readonly readable: z.ZodObject;
  /**
   * Reads a stored document of the present format or of any before it.
   * @throws {NewerFormatError} when it was written by a later version.
   * @throws {DocumentError} naming the field that is wrong.
   */
  parse(json: unknown): Value;
  /**
   * The document as it is to be stored, with its format.
   * @throws {DocumentError} when the value is not what readers expect.
   */
  toJson(value: Value): object;
}

export type DocumentOf<Kind> = Kind extends DocumentKind<infer Value> ? Value : never;

/** Turns a document of one format into one of the next. */
export type Upgrade = (former: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

const faultsOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join(".") || "document"}: ${message}`).join("; ");

/**
 * Defines a stored document. Documents from before formats were stated are of format 1.
 *
 * A field may be added to a format as an optional one, or with a default. Any other change is the next format, with the
 * upgrade from the one before: `upgrades[0]` makes format 2 of format 1.
 */
export function defineDocument<Shape extends z.ZodRawShape>(definition: {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodObject<Shape>;
  readonly example: z.infer<z.ZodObject<Shape>>;
  readonly upgrades?: readonly Upgrade[];
}): DocumentKind<z.infer<z.ZodObject<Shape>>> {
  type Value = z.infer<z.ZodObject<Shape>>;
  const { name, description, schema, example, upgrades = [] } = definition;
  const format = upgrades.length + 1;

  function formatOf(document: Readonly<Record<string, unknown>>): number {
    const { format: stated = 1 } = document;
    if (typeof stated !== "number" || !Number.isInteger(stated) || stated < 1)
      throw new DocumentError(`not a ${name}: its format is ${JSON.stringify(stated)}, not a number from 1`);
    if (stated > format) throw new NewerFormatError(name, stated, format);
    return stated;
  }

  function checked(value: unknown): Value {
    const read = schema.safeParse(value);
    if (!read.success) throw new DocumentError(`not a ${name}: ${faultsOf(read.error)}`);
    return read.data as Value;
  }

  function upgraded(document: Readonly<Record<string, unknown>>): unknown {
    const former = formatOf(document);
    try {
      return upgrades.slice(former - 1).reduce((one, upgrade) => upgrade(one), document);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new DocumentError(`not a ${name}: format ${former} cannot be made format ${format}: ${why}`);
    }
  }

  return {
    name,
    description,
    format,
    example,
    stored: z.object({ format: z.literal(format), ...schema.shape }),
    readable: z.object({ format: z.literal(format).optional(), ...schema.shape }),
    parse(json) {
      if (typeof json !== "object" || json === null || Array.isArray(json))
        throw new DocumentError(`not a ${name}: it is no JSON object`);
      const document = json as Readonly<Record<string, unknown>>;
      return checked(upgraded(document));
    },
    toJson: (value) => ({ format, ...checked(value) }),
  };
}
