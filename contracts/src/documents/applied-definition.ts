import { z } from "zod";
import type { Definition } from "../definition/definition.ts";
import { parseDefinition } from "../definition/parse.ts";
import { digest } from "../identity.ts";
import { modelName, sha256 } from "../names.ts";

const appliedDefinitionSchema = z.object({
  model: modelName,
  /** The project's version: a digest of its files. */
  version: z.string().regex(/^[0-9a-f]{16}$/),
  /** The text of ratchet.yaml. */
  source: z.string(),
  /** The project's files, under `definitions/<model>/<version>/`. */
  files: z.array(z.object({ path: z.string(), sha256 })).min(1),
  appliedAt: z.iso.datetime(),
});

/** A model project as applied: `definitions/<model>/current.json`, written last by `ratchet apply`. */
export type AppliedDefinition = Readonly<z.infer<typeof appliedDefinitionSchema>> & { readonly definition: Definition };

/** The version of a project: a digest of its files' paths and contents, whatever their order. */
export const definitionVersionOf = (files: readonly { readonly path: string; readonly sha256: string }[]): string =>
  digest([...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, sha256: hash }) => [path, hash])).slice(
    0,
    16,
  );

/**
 * Reads `current.json`, its `ratchet.yaml` parsed.
 * @throws {z.ZodError} or {DefinitionError} when the document is not what `ratchet apply` writes.
 */
export function parseAppliedDefinition(json: unknown): AppliedDefinition {
  const document = appliedDefinitionSchema.parse(json);
  return { ...document, definition: parseDefinition(document.source, `${document.model}/ratchet.yaml`) };
}
