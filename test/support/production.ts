import { type ChampionPointer, championPointer, paths, type Verdict, verdict } from "@ratchet/contracts";
import { startTraffic, type Traffic, type TrafficReport } from "../../cli/src/demo/traffic.ts";
import type { Stack } from "./stack.ts";
import { days } from "./weather.ts";

/** What a model's champion pointer says; undefined where nothing was ever in production. */
export async function pointerOf({ running }: Stack, model: string): Promise<ChampionPointer | undefined> {
  const stored = await running.deployment
    .documents("champions")
    .read(paths.champion(model), (json) => championPointer.parse(json));
  return stored?.value;
}

/** @throws where the version was never judged. */
export async function verdictOf({ running }: Stack, model: string, version: string): Promise<Verdict> {
  const stored = await running.deployment
    .documents("verdicts")
    .read(paths.verdict(model, version), (json) => verdict.parse(json));
  if (!stored) throw new Error(`${model} ${version} was never judged`);
  return stored.value;
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

/** Sends requests to an endpoint for as long as some work goes on. @returns what became of them. */
export async function duringTraffic(
  endpoint: string,
  model: string,
  work: (traffic: Traffic) => Promise<unknown>,
): Promise<TrafficReport> {
  const traffic = startTraffic(endpoint, model, days);
  try {
    await work(traffic);
  } finally {
    await traffic.stop();
  }
  return traffic.report();
}
