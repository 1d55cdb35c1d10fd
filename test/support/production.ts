import { type ChampionPointer, championPointer, paths } from "@ratchet/contracts";
import type { Stack } from "./stack.ts";

/** What a model's champion pointer says; undefined where nothing was ever in production. */
export async function pointerOf({ running }: Stack, model: string): Promise<ChampionPointer | undefined> {
  const stored = await running.deployment
    .documents("champions")
    .read(paths.champion(model), (json) => championPointer.parse(json));
  return stored?.value;
}

/** The release that an endpoint says it serves. */
export async function servedBy(endpoint: string, model: string): Promise<{ version: string; code: string }> {
  const response = await fetch(`${endpoint}/v2/models/${model}`);
  const { versions, parameters } = (await response.json()) as {
    readonly versions: readonly string[];
    readonly parameters: { readonly code: string };
  };
  return { version: versions[0] ?? "", code: parameters.code };
}
