import {
  type AppliedDefinition,
  type ChampionPointer,
  championPointer,
  parseAppliedDefinition,
  paths,
} from "@ratchet/contracts";
import type { DocumentStore } from "./document-store.ts";

/** A message about a model that nobody has applied. It can be replayed once somebody has. */
export class UnknownModelError extends Error {
  override readonly name = "UnknownModelError";
  readonly transient = false;

  constructor(model: string) {
    super(`no model named ${model} is applied; run \`ratchet apply <folder>\` and replay this message`);
  }
}

/**
 * A model's definition as it was applied last.
 * @param definitions the documents of the container `definitions`.
 * @throws {UnknownModelError}
 */
export async function readAppliedDefinition(definitions: DocumentStore, model: string): Promise<AppliedDefinition> {
  const stored = await definitions.read(paths.currentDefinition(model), parseAppliedDefinition);
  if (!stored) throw new UnknownModelError(model);
  return stored.value;
}

/**
 * What serves a model; undefined where nothing does yet.
 * @param champions the documents of the container `champions`.
 */
export async function readChampionPointer(
  champions: DocumentStore,
  model: string,
): Promise<ChampionPointer | undefined> {
  return (await champions.read(paths.champion(model), championPointer.parse))?.value;
}
