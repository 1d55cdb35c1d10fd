import { createHash } from "node:crypto";
import { type AppliedDefinition, appliedDefinition, definitionVersionOf } from "@ratchet/contracts";

export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/**
 * A model project as `ratchet apply` would write it.
 * @param source the text of its ratchet.yaml.
 * @param files its other files: text by path.
 */
export function appliedProject(source: string, files: Readonly<Record<string, string>> = {}): AppliedDefinition {
  const listed = Object.entries({ "ratchet.yaml": source, ...files }).map(([path, text]) => ({
    path,
    sha256: sha256(text),
  }));
  const model = /^model: (\S+)/m.exec(source)?.[1];
  const appliedAt = "2026-11-23T08:00:00.000Z";
  return appliedDefinition.parse({ model, version: definitionVersionOf(listed), source, files: listed, appliedAt });
}
