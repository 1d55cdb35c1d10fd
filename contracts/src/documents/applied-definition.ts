import { z } from "zod";
import type { Definition } from "../definition/definition.ts";
import { parseDefinition } from "../definition/parse.ts";
import { type DocumentKind, type DocumentOf, defineDocument } from "../document.ts";
import { digest } from "../identity.ts";
import { modelName, sha256 } from "../names.ts";

const exampleSource = `model: digits
task: classification
data:
  label: label
  schema: [{ name: "pixel[0..783]", type: integer, min: 0, max: 255 }, { name: label, type: integer, min: 0, max: 9 }]
training: { code: ./training, command: python train.py, environment: "python:3.12", compute: cpu-cluster }
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.5 } } }
deploy: { app: inference-digits }
`;

const project = defineDocument({
  name: "applied definition",
  description: "A model project as it was applied last.",
  schema: z.object({
    model: modelName,
    /** The project's version: a digest of its files. */
    version: z.string().regex(/^[0-9a-f]{16}$/),
    /** The text of ratchet.yaml. */
    source: z.string(),
    /** The project's files, under `definitions/<model>/<version>/`. */
    files: z.array(z.object({ path: z.string(), sha256 })).min(1),
    appliedAt: z.iso.datetime(),
  }),
  example: {
    model: "digits",
    version: "1f2e3d4c5b6a7980",
    source: exampleSource,
    files: [
      { path: "ratchet.yaml", sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
      { path: "training/train.py", sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" },
    ],
    appliedAt: "2026-11-23T08:00:00.000Z",
  },
});

/** A model project as applied, its ratchet.yaml parsed. */
export type AppliedDefinition = Readonly<DocumentOf<typeof project>> & { readonly definition: Definition };

/** Definitions that were read before, by their text: services read the same few for every message. */
const known = new Map<string, Definition>();
const mostKnown = 200;

function definitionOf({ model, source }: DocumentOf<typeof project>): Definition {
  const before = known.get(source);
  if (before) return before;
  const definition = parseDefinition(source, `${model}/ratchet.yaml`);
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= mostKnown) known.delete(oldest);
  known.set(source, definition);
  return definition;
}

const withDefinition = (applied: DocumentOf<typeof project>): AppliedDefinition => ({
  ...applied,
  definition: definitionOf(applied),
});

/**
 * A model project as applied: `definitions/<model>/current.json`, written last by `ratchet apply`. What is stored is the
 * text of its ratchet.yaml; reading it also throws a {@link DefinitionError} where that is none.
 */
export const appliedDefinition: DocumentKind<AppliedDefinition> = {
  ...project,
  example: withDefinition(project.example),
  parse: (json) => withDefinition(project.parse(json)),
};

/** The version of a project: a digest of its files' paths and contents, whatever their order. */
export const definitionVersionOf = (files: readonly { readonly path: string; readonly sha256: string }[]): string =>
  digest([...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, sha256: hash }) => [path, hash])).slice(
    0,
    16,
  );
