import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type SettingsTable, settings } from "@ratchet/contracts";
import { LineCounter, parseDocument } from "yaml";
import { type Configuration, configurationSchemaFor } from "./schema.ts";

export type { Configuration, ServedModel } from "./schema.ts";

/** One thing wrong with a configuration file. */
export interface ConfigurationFault {
  readonly file: string;
  readonly line: number;
  /** `serving.models.0.plan`; empty where the file as a whole is wrong. */
  readonly field: string;
  readonly reason: string;
}

/** A configuration file is wrong. Nothing has been synthesised. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly faults: readonly ConfigurationFault[];

  constructor(faults: readonly ConfigurationFault[]) {
    super(
      faults.map(({ file, line, field, reason }) => `${file}:${line} ${field ? `${field}: ` : ""}${reason}`).join("\n"),
    );
    this.faults = faults;
  }
}

/**
 * An environment's configuration.
 * @throws {ConfigurationError} when it is wrong, with every fault of the file: file, line, field and reason.
 */
export function parseConfiguration(file: string, source: string, table: SettingsTable = settings): Configuration {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const fault = (offset: number, field: string, reason: string): ConfigurationFault => ({
    file,
    line: lines.linePos(offset).line,
    field,
    reason,
  });
  if (document.errors.length > 0)
    throw new ConfigurationError(
      document.errors.map((error) => fault(error.pos[0], "", error.message.split("\n")[0] ?? "")),
    );

  /** Where the field stands or, if it is missing, the nearest thing around it that is there. */
  const offsetOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isRanged(node)) return node.range[0];
    }
    return 0;
  };

  const parsed = configurationSchemaFor(table).safeParse(document.toJS());
  if (!parsed.success)
    throw new ConfigurationError(
      parsed.error.issues.flatMap((issue) => {
        const paths = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
        const reason = issue.code === "unrecognized_keys" ? "is not a field of a configuration" : issue.message;
        return paths.map((path) => fault(offsetOf(path), path.join("."), reason));
      }),
    );
  const { environment } = parsed.data;
  if (basename(file) !== `${environment}.yaml`)
    throw new ConfigurationError([
      fault(
        offsetOf(["environment"]),
        "environment",
        `is ${environment}, so the file must be named ${environment}.yaml`,
      ),
    ]);
  return parsed.data;
}

/**
 * The configuration in a file.
 * @throws {ConfigurationError} when it is wrong, with every fault of the file.
 */
export function readConfiguration(file: string): Configuration {
  return parseConfiguration(file, readFileSync(file, "utf8"));
}

function isRanged(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}
