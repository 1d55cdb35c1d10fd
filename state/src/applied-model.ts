import {
  type AppliedDefinition,
  appliedDefinition,
  type ChampionPointer,
  championPointer,
  paths,
} from "@ratchet/contracts";
import type { Blobs } from "./blobs.ts";
import type { DocumentReader } from "./document-store.ts";

/** A message about a model that nobody has applied. It can be replayed once somebody has. */
export class UnknownModelError extends Error {
  override readonly name = "UnknownModelError";
  readonly transient = false;

  constructor(model: string) {
    super(`no model named ${model} is applied; run \`ratchet apply <folder>\` and replay this message`);
  }
}

/** Whoever may read the documents of a container. */
export interface Reads<Container extends string> {
  documents(container: Container): DocumentReader;
}

/**
 * A model's definition as it was applied last.
 * @throws {UnknownModelError} when no model of that name is applied.
 */
export async function readDefinition(stores: Reads<"definitions">, model: string): Promise<AppliedDefinition> {
  const stored = await stores.documents("definitions").read(paths.currentDefinition(model), appliedDefinition);
  if (!stored) throw new UnknownModelError(model);
  return stored.value;
}

/** The names of all models that were ever applied. */
export const modelNames = (stores: {
  blobs(container: "definitions"): Pick<Blobs, "folders">;
}): AsyncIterable<string> => stores.blobs("definitions").folders();

/** What serves a model; undefined where nothing does yet. */
export async function readChampion(stores: Reads<"champions">, model: string): Promise<ChampionPointer | undefined> {
  return (await stores.documents("champions").read(paths.champion(model), championPointer))?.value;
}
