import { isNode, LineCounter, parseDocument } from "yaml";
import { type Definition, definitionSchema } from "./definition.ts";

/** One fault of a `ratchet.yaml`: where it is and what to do about it. */
export interface DefinitionFault {
  /** 1-based line and column in the file. */
  readonly line: number;
  readonly column: number;
  /** The field, e.g. `gate.thresholds.accuracy`; empty for the whole file. */
  readonly field: string;
  readonly message: string;
}

/** A `ratchet.yaml` that cannot be used. The message lists every fault with file, line and field. */
export class DefinitionError extends Error {
  override readonly name = "DefinitionError";
  readonly faults: readonly DefinitionFault[];

  constructor(file: string, faults: readonly DefinitionFault[]) {
    const lines = faults.map(
      ({ line, column, field, message }) => `${file}:${line}:${column}: ${field ? `${field}: ` : ""}${message}`,
    );
    super(lines.join("\n"));
    this.faults = faults;
  }
}

type Document = ReturnType<typeof parseDocument>;

/** The offset of the deepest node along the path: of the key where a field is unknown, else of its value or nearest parent. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth) as (string | number)[], true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return isNode(document.contents) && document.contents.range ? document.contents.range[0] : 0;
}

const unknownField = (keys: readonly string[]) =>
  `unknown field${keys.length > 1 ? "s" : ""} ${keys.join(", ")}; remove it or check its spelling`;

/** The schema's own words for a wrong type or value; of a field that is not there they would speak of "undefined". */
function faultOf(document: Document, path: readonly PropertyKey[], message: string): string {
  const expected = /^Invalid (?:input|option): (expected .+?)(?:, received undefined)?$/.exec(message)?.[1];
  return expected && path.length > 0 && !document.hasIn(path) ? `is missing; ${expected}` : message;
}

/**
 * Reads a `ratchet.yaml`.
 * @param file the name to use in errors.
 * @throws {DefinitionError} naming file, line, column and field of every fault.
 */
export function parseDefinition(text: string, file = "ratchet.yaml"): Definition {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ pos, message }) => ({ ...at(pos[0]), field: "", message }));
    throw new DefinitionError(file, faults);
  }
  const read = definitionSchema.safeParse(document.toJS() ?? {});
  if (read.success) return read.data;
  const faults = read.error.issues.flatMap((issue): readonly DefinitionFault[] => {
    const field = issue.path.join(".");
    if (issue.code !== "unrecognized_keys")
      return [{ ...at(offsetOf(document, issue.path)), field, message: faultOf(document, issue.path, issue.message) }];
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return { ...at(offsetOf(document, path)), field: path.join("."), message: unknownField([key]) };
    });
  });
  throw new DefinitionError(
    file,
    [...faults].sort((a, b) => a.line - b.line || a.column - b.column),
  );
}
